// A virtual environment, made by uv when the machine has it, else by Python's own venv and pip.
import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { listPackages, mustStep, tryStep, type StepContext } from "./builder-steps.ts";
import { EnvironmentFailed } from "./environment-failed.ts";
import type { BuildSite, BuiltEnvironment } from "./environment-cache.ts";
import type { BuildFacts } from "./explain-failure.ts";
import type { Machine } from "./find-command.ts";
import { readVersion, type HostPython } from "./host-python.ts";
import type { InstallPlan } from "./install-plan.ts";
import { exactPython } from "./python-request.ts";
import { chooseTorchIndex } from "./torch-index.ts";

export interface VirtualBuild {
  plan: InstallPlan;
  /** Absolute path of uv, if the machine has it. */
  uv: string | undefined;
  /** An interpreter that the plan's request accepts. */
  matching: HostPython | undefined;
  /** The machine's usual one, for when nothing matches. */
  usual: HostPython | undefined;
}

type Tools = Pick<StepContext, "clock" | "signal"> & { machine: Machine; cacheFolder: string };

export async function buildVirtual(
  build: VirtualBuild,
  site: BuildSite,
  tools: Tools,
): Promise<BuiltEnvironment> {
  const context: StepContext = { ...tools, log: site.log, onStart: site.onStart, cwd: site.workFolder };
  const warnings: string[] = [];
  for (const note of build.plan.notes) site.log(note);

  const builder = build.uv ? "uv" : "pip";
  const warn = (warning: string) => {
    site.log(warning);
    warnings.push(warning);
  };
  await makeFolder(build, site, context, warn);
  const python = join(site.folder, "bin", "python");
  const pythonVersion = await readVersion(python, { ...tools.machine, cacheFolder: tools.cacheFolder });

  const plan = await chooseTorchIndex(build.plan, (address) => reach(address, python, context));
  for (const warning of plan.warnings) if (!build.plan.warnings.includes(warning)) warn(warning);
  const facts: BuildFacts = { builder, pythonVersion, pythonRequest: plan.python };
  if (plan.requirements.length > 0) await install({ ...build, plan }, python, facts, context);

  const freeze = build.uv
    ? [build.uv, "pip", "freeze", "--python", python]
    : [python, "-m", "pip", "freeze", "--all"];
  const packages = await listPackages(freeze, context);
  return { folder: site.folder, python, pythonVersion, builder, packages, warnings };
}

async function makeFolder(
  build: VirtualBuild,
  site: BuildSite,
  context: StepContext,
  warn: (warning: string) => void,
): Promise<void> {
  const { uv, matching, usual, plan } = build;
  const facts = { builder: uv ? "uv" : "venv", pythonVersion: matching?.version, pythonRequest: plan.python };
  if (matching) return void (await mustStep(venvCommand(uv, matching.path, site.folder), facts, context));

  // uv knows places that PATH does not show, and fetches what the machine has not got.
  const request = exactPython(plan.python) ?? (plan.python || "3");
  if (uv) {
    const end = await tryStep(venvCommand(uv, request, site.folder), context);
    if (end.succeeded && existsSync(join(site.folder, "bin", "python"))) return;
    await rm(site.folder, { recursive: true, force: true });
  }
  if (!usual) {
    throw new EnvironmentFailed({
      reason: `this machine has no Python${plan.python ? ` ${request}` : ""} to build the environment with`,
      hint: "Install Python 3 (or uv, which fetches it) and submit again.",
    });
  }
  warn(
    `the environment asks for Python ${request}, which this machine has not got: built with its Python ${usual.version}`,
  );
  await mustStep(
    venvCommand(uv, usual.path, site.folder),
    { ...facts, pythonVersion: usual.version },
    context,
  );
}

/** With pip inside, because commands of jobs run `pip install` too. */
const venvCommand = (uv: string | undefined, python: string, folder: string): string[] =>
  uv ? [uv, "venv", "--seed", "--python", python, folder] : [python, "-m", "venv", folder];

async function install(
  { plan, uv }: VirtualBuild,
  python: string,
  facts: BuildFacts,
  context: StepContext,
): Promise<void> {
  // In a file that only its owner reads, not in the command line, where every user sees an index's password.
  const file = join(context.cwd, "requirements.txt");
  const inFile = plan.options.filter((option) => !uv || uvFlags(option) === undefined);
  await writeFile(file, [...inFile, ...plan.requirements, ""].join("\n"), { mode: 0o600 });
  const flags = plan.options.flatMap((option) => uvFlags(option) ?? []);
  const argv = uv
    ? // pip's own way with several indexes, which the lines were written for.
      [
        uv,
        "pip",
        "install",
        "--python",
        python,
        "--index-strategy",
        "unsafe-best-match",
        ...flags,
        "-r",
        file,
      ]
    : [python, "-m", "pip", "install", "-r", file];
  await mustStep(argv, facts, context);
}

/** uv's own form of an option that it does not read from a requirements file; undefined for one that it reads. */
function uvFlags(option: string): string[] | undefined {
  const [name, value = ""] = option.split(" ");
  if (name === "--pre") return ["--prerelease", "allow"];
  if (name === "--trusted-host") return ["--allow-insecure-host", value];
  if (name === "--prefer-binary" || name === "--use-feature") return [];
  return undefined;
}

/** Asked by Python and not by ourselves, because it follows the proxy and certificate settings that pip follows. */
async function reach(address: string, python: string, context: StepContext): Promise<boolean> {
  const program = "import sys, urllib.request; urllib.request.urlopen(sys.argv[1], timeout=5).close()";
  const end = await tryStep([python, "-c", program, address], { ...context, log: () => {} });
  return end.succeeded;
}
