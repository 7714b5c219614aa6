// Makes an attempt ready to start: the code, the inputs, the environment, the command with its values.
import { existsSync, mkdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { asJobSpec } from "../../api/job-spec.ts";
import { fillCommand } from "../../core/command.ts";
import type { Binding } from "../../core/command.ts";
import { parameterTexts } from "../../core/sweep.ts";
import type { JobSpec } from "../../core/job-spec.ts";
import { retryPolicyOf } from "../../core/retry.ts";
import type { Attempt } from "../attempt/attempt.ts";
import { nodeFolders } from "../attempt/attempt-folder.ts";
import type { NodeFolder } from "../attempt/attempt-folder.ts";
import { EnvironmentFailed } from "../environments/environment-failed.ts";
import { findCommand } from "../environments/find-command.ts";
import type { Prepared } from "../attempt/prepared.ts";
import { findTree, stageInputs } from "../inputs/stage-inputs.ts";
import type { InputStaging } from "../inputs/stage-inputs.ts";
import { StagingFailed } from "../inputs/staging-failed.ts";
import { restoreOutputs } from "../outputs/restore-outputs.ts";
import { datastorePlace } from "../outputs/write-outputs.ts";
import { sizeOf } from "../cache/tree.ts";
import { planContainer } from "./plan-container.ts";
import { prepareEnvironment } from "./prepare-environment.ts";
import type { ContainerFoundation } from "./prepare-environment.ts";
import type { RealizedEnvironment } from "../environments/realize.ts";
import { describeLock } from "./describe-lock.ts";
import { readLaunchMark } from "../launch/launch-mark.ts";
import { jobVariables } from "../processes/variables.ts";

/** Safe to be interrupted and done again: what is half there is thrown away. */
export async function prepare(attempt: Attempt, signal: AbortSignal): Promise<Prepared> {
  const { folder, order, reporter } = attempt;
  const known = await readLaunchMark(folder);
  if (known) return known.prepared;
  const spec = asJobSpec(order.spec);

  reporter.report("Preparing", "staging the code and the inputs");
  using _ = attempt.cache.protect();
  const folders = nodeFolders(folder, order.node.count);
  if (Object.keys(spec.inputs).length > 0) await clearFolder(folder.inputs);
  const staging = stagingOf(attempt, signal);
  for (const node of folders) {
    await clearFolder(node.work);
    if (Object.keys(spec.outputs).length > 0) await clearFolder(node.namedOutputs);
    await stageCode(attempt, spec, node, staging);
  }
  if (order.attemptNumber > 1 && retryPolicyOf(spec).resume) await restoreOutputs(attempt, folders, signal);
  const inputs = await stageInputs(spec.inputs, staging);
  for (const line of inputs.lines) attempt.logs.write("job-prep", line);
  attempt.logs.finish("job-prep");

  // What was not fetched for this attempt is looked for room in, while the environment is made.
  void attempt.cache.tidy();

  const { realized: environment, container: foundation } = await prepareEnvironment(attempt, spec, staging);
  void attempt.environments.tidy();
  const mpirun = spec.distribution?.type === "mpi" ? findMpirun(attempt, environment, foundation) : undefined;
  const parameters = parameterTexts(spec.trial?.parameters);
  const serverUrl = await attempt.serverUrl();
  const outputsOf: Record<string, string>[] = [];
  for (const node of folders) outputsOf.push(await makeOutputs(attempt, spec, node, signal));
  const container =
    foundation &&
    planContainer(attempt, spec, foundation, serverUrl, {
      readOnly: dataPaths(spec, inputs.values),
      writable: outputsOf.flatMap((outputs) => Object.values(outputs)),
    });
  for (const warning of container?.warnings ?? [])
    attempt.reporter.note({ level: "warning", message: warning });
  const nodes: Prepared["nodes"] = [];
  for (const [index, node] of folders.entries()) {
    const outputs = outputsOf[index]!;
    const values: Record<Binding, Readonly<Record<string, string | undefined>>> = {
      inputs: inputs.values,
      outputs,
      search_space: parameters,
    };
    nodes.push({
      command: fillCommand(spec.command, (binding, name) => values[binding][name]),
      variables: jobVariables({
        order,
        hostVariables: container?.hostVariables ?? attempt.config.hostVariables,
        binFolders: environment.binFolders,
        environmentVariables: { ...environment.variables, ...container?.variables },
        environmentFolder: environmentFolderOf(environment),
        pythonClient: attempt.config.pythonClient,
        serverUrl: container?.serverUrl ?? serverUrl,
        runFolder: node.run,
        workFolder: node.work,
        inputs: inputs.values,
        outputs,
        parameters,
      }),
    });
  }
  if (container) mkdirSync(folder.home, { recursive: true });
  return {
    environment: environment.summary,
    lock: describeLock(environment),
    nodes,
    ...(mpirun !== undefined && { mpirun }),
    ...(container && { container: container.plan }),
  };
}

/** Before anything starts: without it the job could not. */
function findMpirun(
  { config }: Attempt,
  environment: RealizedEnvironment,
  container: ContainerFoundation | undefined,
): string {
  const hostPath = [...environment.binFolders, config.hostVariables["PATH"] ?? ""].join(":");
  const program = container
    ? container.image.facts.programs["mpirun"]
    : findCommand("mpirun", { hostPath, hostVariables: config.hostVariables });
  if (program !== undefined) return program;
  throw new EnvironmentFailed({
    reason: `the job is distributed by MPI, and ${container ? `the image ${container.image.name}` : "this node"} has no mpirun`,
    hint: "install Open MPI: apt-get install -y openmpi-bin libopenmpi-dev (Debian, Ubuntu), dnf install openmpi (Fedora), brew install open-mpi (macOS)",
  });
}

/** Those of data; a literal may look like a path and mean nothing. */
const dataPaths = ({ inputs }: JobSpec, values: Readonly<Record<string, string>>): string[] =>
  Object.entries(values).flatMap(([name, value]) => (inputs[name]?.kind === "data" ? [value] : []));

async function clearFolder(path: string): Promise<void> {
  if (existsSync(path)) await rm(path, { recursive: true });
  mkdirSync(path, { recursive: true });
}

const stagingOf = (
  { folder, cache, datastores, config, clock }: Attempt,
  signal: AbortSignal,
): InputStaging => ({
  folder: folder.inputs,
  attemptFolder: folder.root,
  cache,
  datastores,
  limits: {
    stallMs: config.stallSeconds * 1000,
    clock,
    mostBytes: config.mostDownloadBytes,
    forbidPrivateAddresses: config.forbidPrivateAddresses,
  },
  signal,
});

async function stageCode(
  { logs }: Attempt,
  { code }: JobSpec,
  node: NodeFolder,
  staging: InputStaging,
): Promise<void> {
  if (code && code.kind !== "snapshot" && code.kind !== "datastore") {
    throw new StagingFailed(
      `the code comes from a ${code.kind} source, which is not supported by this version; give it as a local folder instead`,
    );
  }
  if (code) {
    const what = code.kind === "snapshot" ? `snapshot ${code.id}` : `datastore ${code.datastore}`;
    try {
      const { tree } = await findTree(code, staging);
      await staging.cache.copy(tree, node.work, staging.signal);
      const { files, sizeBytes } = sizeOf(tree);
      logs.write("job-prep", `${what}: ${files} files, ${sizeBytes} bytes, in ${node.work}`);
    } catch (error) {
      staging.signal.throwIfAborted();
      const why = error instanceof Error ? error.message : String(error);
      throw new StagingFailed(`the code (${what}) could not be staged: ${why}`);
    }
  } else logs.write("job-prep", `no code; the working folder is ${node.work}`);
  for (const name of ["outputs", "logs"]) mkdirSync(join(node.work, name), { recursive: true });
}

async function makeOutputs(
  { order, datastores }: Attempt,
  spec: JobSpec,
  node: NodeFolder,
  signal: AbortSignal,
): Promise<Record<string, string>> {
  const outputs: Record<string, string> = {};
  for (const [name, output] of Object.entries(spec.outputs)) {
    const path = join(node.namedOutputs, name);
    mkdirSync(path, { recursive: true });
    // A single file is one that the script is to create, in a folder that is there.
    outputs[name] = output.type === "uri_file" ? join(path, name) : path;
    const of = { run: order.run, output: name };
    const place = output.mode === "direct" ? datastorePlace(output.path, of) : undefined;
    if (place) outputs[name] = (await datastores.open(place.datastore, signal)).addressOf(place.path);
  }
  return outputs;
}

/** Where the environment itself lies, for scripts that look there. */
const environmentFolderOf = (environment: RealizedEnvironment): string =>
  environment.variables["CONDA_PREFIX"] ?? environment.variables["VIRTUAL_ENV"] ?? "";
