// What all builders share: the variables they run with, and steps that log themselves and explain their failure.
import type { BuiltEnvironment } from "./environment-cache.ts";
import { explainFailure, type BuildFacts } from "./explain-failure.ts";
import type { Machine } from "./find-command.ts";
import { maskSecrets } from "./mask-secrets.ts";
import { runBuilder, type BuilderContext, type BuilderEnd } from "./run-builder.ts";

export interface StepContext extends BuilderContext {
  machine: Machine;
  cwd: string;
}

/** Runs one command, its command line first in the log. */
export async function tryStep(argv: string[], context: StepContext): Promise<BuilderEnd> {
  const [file = "", ...args] = argv;
  context.log(maskSecrets(`$ ${argv.join(" ")}`));
  return runBuilder({ file, args, variables: builderVariables(context.machine), cwd: context.cwd }, context);
}

/** The same, and its failure ends the build. */
export async function mustStep(argv: string[], facts: BuildFacts, context: StepContext): Promise<BuilderEnd> {
  const end = await tryStep(argv, context);
  if (!end.succeeded) throw explainFailure(end.lines, facts);
  return end;
}

/** The installed packages as pip writes them; empty when they cannot be listed, which is no reason to fail. */
export async function listPackages(
  argv: string[],
  context: StepContext,
): Promise<BuiltEnvironment["packages"]> {
  const end = await tryStep(argv, { ...context, log: () => {} });
  return end.succeeded
    ? end.lines.filter((line) => /^\S+(?:==| @ )\S/.test(line) || line.startsWith("-e "))
    : [];
}

/** Settings that would install somewhere else, or that belong to us and not to whatever a package runs to build itself. */
const removed =
  /^(?:PYTHONHOME|PYTHONPATH|VIRTUAL_ENV|CONDA_PREFIX|CONDA_DEFAULT_ENV|PIP_USER|PIP_TARGET|PIP_PREFIX|PIP_ROOT|PIP_REQUIRE_VIRTUALENV|PIP_REQUIREMENT|UV_PROJECT_ENVIRONMENT|__PYVENV_LAUNCHER__|TRAINYARD_.*)$/;

function builderVariables({ hostPath, hostVariables }: Machine): Record<string, string | undefined> {
  const kept = Object.entries(hostVariables).filter(([name]) => !removed.test(name));
  return {
    ...Object.fromEntries(kept),
    PATH: hostPath,
    PYTHONUNBUFFERED: "1",
    PIP_NO_INPUT: "1",
    PIP_DISABLE_PIP_VERSION_CHECK: "1",
    PIP_PROGRESS_BAR: "off",
    UV_NO_PROGRESS: "1",
    NO_COLOR: "1",
    GIT_TERMINAL_PROMPT: "0",
    CONDA_ALWAYS_YES: "true",
  };
}
