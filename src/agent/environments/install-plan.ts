// What has to be installed for an environment: for pip, with conda's names translated, or for conda itself.
import type { CondaFile, Environment } from "../../core/job-spec.ts";
import { asksForCpuTorch, findPipName } from "./conda-names.ts";
import { parseCondaSpec } from "./conda-spec.ts";
import { EnvironmentFailed } from "./environment-failed.ts";
import { findOwnPackage } from "./own-client.ts";
import { readRequirementLines, type RequirementLines } from "./requirement-lines.ts";

export interface InstallPlan extends RequirementLines {
  /** The versions of Python asked for, such as `==3.8.*`; empty for any. */
  python: string;
}

export interface CondaPlan {
  /** The user's file without what conda must not see. */
  file: CondaFile & { dependencies: (string | { pip: string[] })[] };
  python: string;
  notes: string[];
  warnings: string[];
}

/** PyTorch's own index of builds without CUDA; PyPI's builds for Linux bring gigabytes of CUDA libraries. */
export const cpuTorchIndex = "https://download.pytorch.org/whl/cpu";

/** For a virtual environment: everything becomes pip requirements. */
export function planForPip(environment: Environment): InstallPlan {
  const notes: string[] = [];
  const warnings: string[] = [];
  const lines: string[] = [];
  let python = "";
  let wantsCpuTorch = false;
  for (const text of condaLines(environment)) {
    const spec = readSpec(text);
    if (spec.name === "python") {
      python = spec.version;
      continue;
    }
    wantsCpuTorch ||= asksForCpuTorch(spec.name);
    if (spec.name === "cpuonly") {
      notes.push(`${text}: PyTorch without CUDA, from ${cpuTorchIndex}`);
      continue;
    }
    const found = findPipName(spec.name);
    if (found.kind === "needless") {
      notes.push(`${text}: dropped, only conda has it and pip's packages bring what they need`);
    } else if (found.kind === "machine") {
      const warning = `${spec.name} was not installed: only conda can install it, so the machine has to have it`;
      notes.push(warning);
      warnings.push(warning);
    } else {
      const line = `${found.name}${spec.version}`;
      notes.push(`${text}: ${line}${lossNote(spec.lost)}`);
      lines.push(line);
    }
  }
  const pip = readRequirementLines([...lines, ...pipLines(environment)]);
  if (wantsCpuTorch) pip.options.push(`--extra-index-url ${cpuTorchIndex}`);
  return {
    python,
    requirements: pip.requirements,
    options: [...new Set(pip.options)],
    notes: [...notes, ...pip.notes],
    warnings: [...warnings, ...pip.warnings],
  };
}

/** For conda itself: only the original platform's own packages are taken out. */
export function planForConda(environment: Environment): CondaPlan {
  const notes: string[] = [];
  const warnings: string[] = [];
  const kept: string[] = [];
  const movedToPip: string[] = [];
  let python = "";
  for (const text of condaLines(environment)) {
    const { name, version } = readSpec(text);
    if (name === "python") python = version;
    if (findOwnPackage(name)) movedToPip.push(name);
    else kept.push(text);
  }
  const pip = readRequirementLines([...movedToPip, ...pipLines(environment)]);
  const hasPip = pip.requirements.length > 0;
  if (!kept.some((text) => readSpec(text).name === "python")) kept.unshift("python");
  if (hasPip && !kept.some((text) => readSpec(text).name === "pip")) kept.push("pip");
  const pipSection = hasPip ? [{ pip: [...pip.options, ...pip.requirements] }] : [];
  const channels = environment.conda?.channels;
  return {
    file: { ...(channels && { channels }), dependencies: [...kept, ...pipSection] },
    python,
    notes: [...notes, ...pip.notes],
    warnings: [...warnings, ...pip.warnings],
  };
}

const condaLines = (environment: Environment): string[] =>
  (environment.conda?.dependencies ?? []).filter((entry) => typeof entry === "string");

const pipLines = (environment: Environment): string[] => [
  ...(environment.conda?.dependencies ?? []).flatMap((entry) =>
    typeof entry === "string" ? [] : (entry.pip ?? []),
  ),
  ...(environment.pip ?? []),
];

function readSpec(text: string) {
  const spec = parseCondaSpec(text);
  if (spec) return spec;
  throw new EnvironmentFailed({
    reason: `"${text}" under dependencies is not a conda package`,
    hint: 'Expected a name with a version, such as "numpy=1.21"; addresses and pip options belong under "- pip:".',
  });
}

const lossNote = (lost: string | undefined) =>
  lost === undefined ? "" : ` (pip has no words for the whole of "${lost}")`;
