// An environment made by conda, mamba or micromamba, whichever the machine has.
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { listPackages, mustStep, type StepContext } from "./builder-steps.ts";
import type { BuildSite, BuiltEnvironment } from "./environment-cache.ts";
import { findCommand, type Machine } from "./find-command.ts";
import { readVersion } from "./host-python.ts";
import type { CondaPlan } from "./install-plan.ts";

/** mamba and micromamba solve the same files in a fraction of the time. */
export const findConda = (machine: Machine): string | undefined =>
  findCommand("mamba", machine) ?? findCommand("micromamba", machine) ?? findCommand("conda", machine);

type Tools = Pick<StepContext, "clock" | "signal"> & { machine: Machine; cacheFolder: string };

export async function buildConda(
  plan: CondaPlan,
  tool: string,
  site: BuildSite,
  tools: Tools,
): Promise<BuiltEnvironment> {
  const context: StepContext = { ...tools, log: site.log, onStart: site.onStart, cwd: site.workFolder };
  for (const note of plan.notes) site.log(note);
  const builder = basename(tool);
  // JSON is YAML too.
  const file = join(site.workFolder, "environment.yml");
  await writeFile(file, JSON.stringify(plan.file, null, 2), { mode: 0o600 });

  const create = builder === "micromamba" ? ["create", "--yes"] : ["env", "create"];
  const facts = { builder, pythonVersion: undefined, pythonRequest: plan.python };
  await mustStep([tool, ...create, "--prefix", site.folder, "--file", file], facts, context);

  const python = join(site.folder, "bin", "python");
  if (!existsSync(python)) {
    return {
      folder: site.folder,
      python: undefined,
      pythonVersion: undefined,
      builder,
      packages: [],
      warnings: [],
    };
  }
  return {
    folder: site.folder,
    python,
    pythonVersion: await readVersion(python, { ...tools.machine, cacheFolder: tools.cacheFolder }),
    builder,
    // `pip freeze` would name the places where conda compiled its packages.
    packages: await listPackages([python, "-m", "pip", "list", "--format=freeze"], context),
    warnings: [],
  };
}
