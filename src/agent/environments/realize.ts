// Realizes an environment on the machine itself, without containers: its Python as it is, or one built and kept by content.
import { basename, isAbsolute, join } from "node:path";
import type { Environment } from "../../core/job-spec.ts";
import type { Clock } from "../../lib/clock.ts";
import { buildConda, findConda } from "./build-conda.ts";
import { buildVirtual } from "./build-virtual.ts";
import { hashEnvironment, obtainEnvironment, type BuiltEnvironment } from "./environment-cache.ts";
import { EnvironmentFailed } from "./environment-failed.ts";
import { findCommand, isExecutable, type Machine } from "./find-command.ts";
import {
  findHostPython,
  findPythonFor,
  foldersForPython,
  readVersion,
  type HostPython,
} from "./host-python.ts";
import { planForConda, planForPip } from "./install-plan.ts";

export interface RealizeContext extends Machine {
  /** Kept between jobs, and shared by all processes that name the same folder. */
  cacheFolder: string;
  clock: Clock;
  /** Why an image is not used here, in a few words. */
  noContainer: string;
  /** Called with whole lines, and only when something is built for this run, by it or by another that it waits for. */
  buildLog: (text: string) => void;
  /** Called with the name of the environment before it is looked for in the cache: from then on it must stay. */
  hold?: (hash: string) => Promise<void>;
  signal: AbortSignal;
}

export interface RealizedEnvironment {
  /** To be put first on PATH, in this order. */
  binFolders: string[];
  variables: Record<string, string>;
  /** Absolute path of the interpreter that `python` means; undefined when the machine has none. */
  python: string | undefined;
  /** One plain sentence for the run. */
  summary: string;
  warnings: string[];
  /** What is installed, as lines of `pip freeze`; empty when unknown. */
  packages: string[];
  /** Whether this call built something. */
  built: boolean;
}

/** Rejects with EnvironmentFailed, or with the signal's reason when canceled. */
export async function realizeEnvironment(
  environment: Environment,
  context: RealizeContext,
): Promise<RealizedEnvironment> {
  context.signal.throwIfAborted();
  refuseImpossible(environment, context);
  const realized = await realizeKind(environment, context);
  const variables = {
    ...realized.variables,
    ...environment.conda?.variables,
    ...environment.environmentVariables,
  };
  return { ...realized, variables };
}

function realizeKind(environment: Environment, context: RealizeContext): Promise<RealizedEnvironment> {
  const hasConda = (environment.conda?.dependencies?.length ?? 0) > 0;
  const hasPip = (environment.pip?.length ?? 0) > 0;
  if (environment.userManaged)
    return useInterpreter(environment.userManaged.interpreter, environment, context);
  if (hasConda || hasPip) return useBuilt(environment, context);
  return useHost(environment, context);
}

function refuseImpossible(environment: Environment, { noContainer }: RealizeContext): void {
  if (environment.reference) {
    throw new EnvironmentFailed({
      reason: `the environment ${environment.reference.name} reached the machine unresolved`,
      hint: "The server resolves names of environments when a job is submitted: submit it through the server.",
    });
  }
  if (environment.build) {
    throw new EnvironmentFailed({
      reason: `the environment is built from a Dockerfile, which needs a container engine: ${noContainer}`,
      hint: "Install Docker or Podman on the node, or describe the environment by conda_file instead (it is realized on the machine).",
    });
  }
  if (environment.osType === "windows" && process.platform !== "win32") {
    throw new EnvironmentFailed({
      reason: `the environment is for Windows, and this machine runs ${process.platform}`,
      hint: "Remove os_type, or choose a compute that runs Windows.",
    });
  }
}

async function useHost(environment: Environment, context: RealizeContext): Promise<RealizedEnvironment> {
  const wanted = pythonOfImage(environment.image);
  const matching = wanted === undefined ? undefined : await findPythonFor(`==${wanted}.*`, context);
  const python = matching ?? (await findHostPython(context));
  const ranWith = python
    ? `ran with host Python ${python.version}`
    : "ran with this machine's own tools, which include no Python";
  return {
    binFolders: python ? await foldersForPython(python, context) : [],
    variables: {},
    python: python?.path,
    summary: sayUnusedImage(environment.image, context) + ranWith,
    warnings: [],
    packages: [],
    built: false,
  };
}

async function useInterpreter(
  interpreter: string,
  environment: Environment,
  context: RealizeContext,
): Promise<RealizedEnvironment> {
  const python = await findInterpreter(interpreter, context);
  return {
    binFolders: await foldersForPython(python, context),
    variables: {},
    python: python.path,
    summary: `${sayUnusedImage(environment.image, context)}ran with ${python.path} (Python ${python.version}) as it is`,
    warnings: [],
    packages: [],
    built: false,
  };
}

async function findInterpreter(interpreter: string, context: RealizeContext): Promise<HostPython> {
  if (interpreter === "python" || interpreter === "python3") {
    const usual = await findHostPython(context);
    if (usual) return usual;
  }
  const path = isAbsolute(interpreter) ? interpreter : findCommand(interpreter, context);
  const version = path && isExecutable(path) ? await readVersion(path, context) : undefined;
  if (path && version) return { path, version };
  throw new EnvironmentFailed({
    reason: `the environment's own interpreter "${interpreter}" is not a working Python on this machine`,
    hint: "Give the absolute path of an interpreter that exists on the compute, or let Trainyard build the environment from conda_file.",
  });
}

async function useBuilt(environment: Environment, context: RealizeContext): Promise<RealizedEnvironment> {
  const usual = await findHostPython(context);
  const uv = findCommand("uv", context);
  const conda = findConda(context);
  const isForConda = conda !== undefined && (environment.conda !== undefined || (!uv && !usual));
  const {
    plan,
    environment: made,
    built,
  } = isForConda
    ? await obtainConda(environment, conda, context)
    : await obtainVirtual(environment, uv, usual, context);
  return {
    binFolders: [join(made.folder, "bin")],
    variables: isForConda
      ? { CONDA_PREFIX: made.folder, CONDA_DEFAULT_ENV: made.folder }
      : { VIRTUAL_ENV: made.folder },
    python: made.python,
    summary: sayUnusedImage(environment.image, context) + sayBuilt(made, built),
    warnings: [...plan.warnings, ...made.warnings],
    packages: made.packages,
    built,
  };
}

const platform = `${process.platform}-${process.arch}`;

async function obtainConda(environment: Environment, tool: string, context: RealizeContext) {
  const plan = planForConda(environment);
  const hash = hashEnvironment({ format: 1, platform, builder: basename(tool), file: plan.file });
  await context.hold?.(hash);
  const tools = { ...context, machine: context };
  const obtained = await obtainEnvironment(hash, (site) => buildConda(plan, tool, site, tools), context);
  return { plan, ...obtained };
}

async function obtainVirtual(
  environment: Environment,
  uv: string | undefined,
  usual: HostPython | undefined,
  context: RealizeContext,
) {
  const plan = planForPip(environment);
  const matching = await findPythonFor(plan.python, context);
  const hash = hashEnvironment({
    format: 1,
    platform,
    builder: uv ? "uv" : "pip",
    python: { request: plan.python, interpreter: matching ?? usual },
    requirements: plan.requirements,
    options: plan.options,
    // People set it to get the packages of that day; absent it leaves the hash as it was.
    before: uv && context.hostVariables["UV_EXCLUDE_NEWER"],
  });
  await context.hold?.(hash);
  const tools = { ...context, machine: context };
  const build = { plan, uv, matching, usual };
  const obtained = await obtainEnvironment(hash, (site) => buildVirtual(build, site, tools), context);
  return { plan, ...obtained };
}

function sayBuilt(made: BuiltEnvironment, built: boolean): string {
  const python = made.pythonVersion ? `Python ${made.pythonVersion}` : "no Python";
  const packages = made.packages.length === 1 ? "1 package" : `${made.packages.length} packages`;
  const where = built ? `built with ${made.builder}` : `from the cache (built with ${made.builder})`;
  return `ran in an environment ${where}: ${python}, ${packages}`;
}

const sayUnusedImage = (image: string | undefined, { noContainer }: RealizeContext): string =>
  image ? `image ${image} was not used: ${noContainer}; ` : "";

/** "3.8" for python:3.8, python:3.8-slim and docker.io/library/python:3.8.12. */
const pythonOfImage = (image: string | undefined): string | undefined =>
  /(?:^|\/)python:(3\.\d+)(?:[.-]|$)/.exec(image ?? "")?.[1];
