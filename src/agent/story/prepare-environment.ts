// Makes the environment of an attempt: in a container where the job wants an image and the node has an engine for it,
// else on the machine itself. Either way the run says which it was.
import { join } from "node:path";
import { containerPolicyOf } from "../../core/container-policy.ts";
import { readDockerArguments, WrongArgument } from "../../core/docker-arguments.ts";
import type { ContainerOptions } from "../../core/docker-arguments.ts";
import { agentLayout } from "../../core/home.ts";
import type { Environment, JobSpec } from "../../core/job-spec.ts";
import type { Attempt } from "../attempt/attempt.ts";
import type { ContainerEngine } from "../containers/engine.ts";
import { labelsOf } from "../containers/labels.ts";
import type { Owner } from "../containers/labels.ts";
import { removeContainersOf } from "../containers/sweep-containers.ts";
import { EnvironmentFailed } from "../environments/environment-failed.ts";
import { realizeImage } from "../environments/realize-image.ts";
import type { BuildContextFiles, RealizedImage } from "../environments/realize-image.ts";
import { realizeEnvironment } from "../environments/realize.ts";
import type { RealizedEnvironment } from "../environments/realize.ts";
import { tidyImages } from "../environments/tidy-images.ts";
import { findTree } from "../inputs/stage-inputs.ts";
import type { InputStaging } from "../inputs/stage-inputs.ts";
import { describeNode, readNodeFacts } from "../node/node-facts.ts";

/** The image, and what the job's processes will be in. */
export interface ContainerFoundation {
  engine: ContainerEngine;
  options: ContainerOptions;
  image: RealizedImage;
}

export interface PreparedEnvironment {
  realized: RealizedEnvironment;
  container: ContainerFoundation | undefined;
}

export async function prepareEnvironment(
  attempt: Attempt,
  spec: JobSpec,
  staging: InputStaging,
): Promise<PreparedEnvironment> {
  const { logs, reporter, config, environments, folder, clock } = attempt;
  const { signal } = staging;
  logs.write("execution", describeNode(readNodeFacts()));
  const chosen = await chooseEngine(attempt, spec);
  let isReported = false;
  const buildLog = (text: string) => {
    if (!isReported)
      reporter.report("Preparing", "building the environment; its log is 20_image_build_log.txt");
    isReported = true;
    logs.writeText("environment-build", text.endsWith("\n") ? text : `${text}\n`);
  };
  const { hostVariables } = config;
  const shared = {
    hostVariables,
    cacheFolder: environments.folder,
    hold: (hash: string) => environments.hold(folder.root, hash),
    clock,
    buildLog,
    signal,
  };
  let container: ContainerFoundation | undefined;
  if ("engine" in chosen) {
    const { engine } = chosen;
    // Those of an agent that was killed while it built for this attempt.
    await removeContainersOf(engine, attempt.order.attempt);
    const options = readOptions(spec);
    const image = await realizeImage(spec.environment, {
      ...shared,
      engine,
      options,
      notesFolder: join(config.folder, agentLayout.images),
      labels: labelsOf(ownerOf(attempt)),
      contextFiles: (context) => layOutContext(context, staging),
    });
    container = { engine, options, image };
    if (image.built) void tidyImages(engine, environments, attempt.log);
  }
  const realized =
    container?.image ??
    (await realizeEnvironment(spec.environment, {
      ...shared,
      hostPath: hostVariables["PATH"] ?? "",
      noContainer: "why" in chosen ? chosen.why : "",
    }));
  tell(attempt, realized);
  return { realized, container };
}

export const ownerOf = ({ config, order, folder }: Attempt): Owner => ({
  agentFolder: config.folder,
  attempt: order.attempt,
  run: order.run,
  folder: folder.root,
});

async function chooseEngine(
  attempt: Attempt,
  spec: JobSpec,
): Promise<{ engine: ContainerEngine } | { why: string }> {
  if (spec.environment.image === undefined && spec.environment.build === undefined) return { why: "" };
  const { policy, from } = containerPolicyOf(spec, {
    policy: attempt.config.containers,
    from: "TRAINYARD_CONTAINERS",
  });
  if (policy === "never") return { why: `containers are switched off by ${from}` };
  const found = await attempt.engines.find();
  if (!("why" in found)) return { engine: found };
  if (policy === "auto") return found;
  throw new EnvironmentFailed({
    reason: `the job must run in a container (${from} says always), and this node cannot: ${found.why}`,
    hint: "Install and start Docker or Podman on it, or let the job run on the machine itself with trainyard.containers: auto.",
  });
}

function readOptions({ resources }: JobSpec): ContainerOptions {
  try {
    return readDockerArguments(resources?.dockerArgs ?? "");
  } catch (error) {
    if (error instanceof WrongArgument) throw new EnvironmentFailed({ reason: error.message });
    throw error;
  }
}

/** In the node's cache, where everything that a build copies lies by content. */
async function layOutContext(
  context: NonNullable<NonNullable<Environment["build"]>["context"]>,
  staging: InputStaging,
): Promise<BuildContextFiles> {
  const { tree } = await findTree(context, staging);
  const root = await staging.cache.share(tree, staging.attemptFolder, staging.signal);
  const files = tree.manifest.files.map(({ path, sizeBytes, executable }) => ({
    path,
    sizeBytes,
    executable,
    from: join(root, path),
  }));
  return { id: tree.id, files };
}

function tell({ logs, reporter }: Attempt, environment: RealizedEnvironment): void {
  logs.write("execution", environment.summary);
  if (environment.python !== undefined) logs.write("execution", `python ${environment.python}`);
  for (const warning of environment.warnings) {
    logs.write("execution", `warning: ${warning}`);
    reporter.note({ level: "warning", message: warning });
  }
  if (environment.packages.length > 0) logs.write("execution", `packages: ${environment.packages.join(" ")}`);
  logs.finish("execution");
  reporter.note({ level: "info", message: environment.summary });
}
