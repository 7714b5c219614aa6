// Realizes an environment as a container's image: pulled or built, with packages on top where the job wants them.
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Environment } from "../../core/job-spec.ts";
import type { Clock } from "../../lib/clock.ts";
import { buildImage } from "../containers/build-image.ts";
import type { ContainerOptions } from "../../core/docker-arguments.ts";
import { leaveOut } from "../containers/docker-ignore.ts";
import type { HostVariables } from "../containers/engine-address.ts";
import { EngineRefused } from "../containers/engine-call.ts";
import { nameEngine } from "../containers/engine.ts";
import type { ContainerEngine } from "../containers/engine.ts";
import { hintFor, withoutImageHint } from "../containers/explain-refusal.ts";
import { inspectImage, pullImage, withTag } from "../containers/images.ts";
import type { Image } from "../containers/images.ts";
import type { TarFile } from "../containers/tar.ts";
import { obtainInImage } from "./build-in-image.ts";
import { obtainEnvironment } from "./environment-cache.ts";
import { EnvironmentFailed } from "./environment-failed.ts";
import { readImageFacts } from "./image-facts.ts";
import type { ImageFacts } from "./image-facts.ts";
import { maskSecrets } from "./mask-secrets.ts";
import type { RealizedEnvironment } from "./realize.ts";
import { builtRepository, imageHold, labelsOfImage } from "./tidy-images.ts";

/** The files that a Dockerfile copies. */
export interface BuildContextFiles {
  /** By content. */
  id: string;
  files: TarFile[];
}

export interface ImageContext {
  engine: ContainerEngine;
  options: Pick<ContainerOptions, "pull" | "platform">;
  hostVariables: HostVariables;
  /** Of environments; what is built on top of an image lies there too. */
  cacheFolder: string;
  hold: (hash: string) => Promise<void>;
  /** Where it is kept what images have inside. */
  notesFolder: string;
  labels: Readonly<Record<string, string>>;
  contextFiles: (
    context: NonNullable<NonNullable<Environment["build"]>["context"]>,
  ) => Promise<BuildContextFiles>;
  clock: Clock;
  /** Called with whole lines, and only when something is pulled or built. */
  buildLog: (text: string) => void;
  signal: AbortSignal;
}

export interface RealizedImage extends RealizedEnvironment {
  image: Image;
  name: string;
  facts: ImageFacts;
  /** A folder that has to be mounted where it is. */
  folder: string | undefined;
}

/** Rejects with EnvironmentFailed, or with the signal's reason when canceled. */
export async function realizeImage(environment: Environment, context: ImageContext): Promise<RealizedImage> {
  const { engine } = context;
  const { name, built } = environment.build
    ? await obtainBuilt(environment.build, context)
    : { name: withTag(environment.image!), built: await obtainPulled(environment.image!, context) };
  const image = await inspectImage(engine, name);
  if (!image) throw new EnvironmentFailed({ reason: `the image ${name} is gone from ${engine.kind} again` });
  const facts = await readImageFacts(engine, image, name, context);
  const top = await obtainTop(environment, { ...context, image, name, facts });
  const shownName = environment.build ? "the image of its Dockerfile" : `the image ${environment.image}`;
  const ranIn = `ran in a container of ${shownName} (${shortId(image.id)}) by ${nameEngine(engine)}`;
  const paths = pathsOf(image);
  return {
    image,
    name,
    facts,
    folder: top?.environment.folder,
    binFolders: top ? [join(top.environment.folder, "bin")] : [],
    variables: {
      ...paths,
      ...(top && { [top.isConda ? "CONDA_PREFIX" : "VIRTUAL_ENV"]: top.environment.folder }),
      ...environment.conda?.variables,
      ...environment.environmentVariables,
    },
    python: top
      ? join(top.environment.folder, "bin", "python")
      : (facts.programs["python"] ?? facts.programs["python3"]),
    summary: `${ranIn}: ${top ? sayTop(top) : sayPython(facts.pythonVersion)}`,
    warnings: top?.warnings ?? [],
    packages: top ? top.environment.packages : facts.packages,
    built: built || (top?.built ?? false),
  };
}

const shortId = (id: string): string => id.replace(/^sha256:/, "").slice(0, 12);

const sayPython = (version: string | undefined): string =>
  version === undefined ? "no Python" : `Python ${version}`;

function sayTop({ environment, built }: NonNullable<Awaited<ReturnType<typeof obtainTop>>>): string {
  const count = environment.packages.length;
  const where = built
    ? `built with ${environment.builder}`
    : `from the cache (built with ${environment.builder})`;
  return `${sayPython(environment.pythonVersion)} and ${count} package${count === 1 ? "" : "s"} on top, ${where}`;
}

/** What would be lost, since ours come first. */
const pathsOf = ({ variables }: Image): Record<string, string> =>
  variables["PYTHONPATH"] === undefined ? {} : { PYTHONPATH: variables["PYTHONPATH"] };

async function obtainTop(
  environment: Environment,
  context: ImageContext & { image: Image; name: string; facts: ImageFacts },
) {
  const wants = (environment.conda?.dependencies?.length ?? 0) > 0 || (environment.pip?.length ?? 0) > 0;
  return wants && !environment.userManaged ? obtainInImage(environment, context) : undefined;
}

/** Returns whether it was pulled now. An image that is here is taken as it is, as `docker run` does. */
async function obtainPulled(image: string, context: ImageContext): Promise<boolean> {
  const { engine, options, buildLog, signal } = context;
  const isHere = options.pull !== "always" && (await inspectImage(engine, withTag(image))) !== undefined;
  if (isHere) return false;
  if (options.pull === "never") {
    throw new EnvironmentFailed({
      reason: `${engine.kind} has no image ${image}, and docker_args says --pull never`,
      hint: `Bring it with docker pull ${image}, or leave --pull out.`,
    });
  }
  const log = (line: string) => buildLog(`${line}\n`);
  log(`pulling the image ${image} by ${nameEngine(engine)}`);
  try {
    await pullImage(engine, image, { ...context, platform: options.platform, log });
    return true;
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof EngineRefused)) throw error;
    log(`${engine.kind}: ${error.message}`);
    throw refused(`the image ${image} could not be pulled`, error, engine);
  }
}

function refused(what: string, error: EngineRefused, engine: ContainerEngine): EnvironmentFailed {
  const hint = hintFor(error.message);
  return new EnvironmentFailed({
    reason: `${what}; ${engine.kind} says:`,
    lines: [maskSecrets(error.message)],
    hint: hint === undefined ? withoutImageHint : `${hint} ${withoutImageHint}`,
  });
}

type Build = NonNullable<Environment["build"]>;

/** One image for one content of Dockerfile and context, and one home: its layers are shared with others' all the same. */
async function obtainBuilt(build: Build, context: ImageContext): Promise<{ name: string; built: boolean }> {
  const { engine, signal } = context;
  const files = build.context ? await context.contextFiles(build.context) : { id: "", files: [] };
  const dockerfilePath = build.dockerfilePath ?? "Dockerfile";
  const facts = {
    format: 2,
    dockerfile: build.dockerfile,
    dockerfilePath,
    context: files.id,
    home: context.cacheFolder,
  };
  const hash = createHash("sha256").update(JSON.stringify(facts)).digest("hex").slice(0, 20);
  const tag = `${builtRepository}:${hash}`;
  await context.hold(imageHold(hash));
  const isThere = async () => (await inspectImage(engine, tag)) !== undefined;
  if (await isThere()) return { name: tag, built: false };
  const { built } = await obtainEnvironment(
    imageHold(hash),
    async (site) => {
      site.log(`building an image by ${nameEngine(engine)}`);
      // As it was when the job was submitted, whatever the folder holds.
      const dockerfile = { path: dockerfilePath, from: Buffer.from(build.dockerfile), executable: false };
      const sent = await leaveOut(files.files, dockerfilePath).catch((error: unknown) => {
        throw error instanceof SyntaxError ? new EnvironmentFailed({ reason: error.message }) : error;
      });
      try {
        await buildImage(engine, {
          tag,
          dockerfile: build.dockerfile,
          dockerfilePath,
          context: [
            ...sent.filter(({ path }) => path !== dockerfilePath),
            { ...dockerfile, sizeBytes: dockerfile.from.length },
          ],
          labels: labelsOfImage(hash, context.cacheFolder),
          hostVariables: context.hostVariables,
          log: (line) => site.log(maskSecrets(line)),
          signal,
        });
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof EngineRefused)) throw error;
        site.log(`${engine.kind}: ${error.message}`);
        throw refused("the image could not be built from the Dockerfile", error, engine);
      }
      return { folder: site.workFolder, builder: engine.kind, ...nothing };
    },
    { ...context, isThere },
  );
  return { name: tag, built };
}

const nothing = { python: undefined, pythonVersion: undefined, packages: [], warnings: [] };
