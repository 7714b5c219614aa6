// What a user wrote, in any dialect, with every --set applied → one canonical job spec, or every fault at once.
import path from "node:path";
import type { JobSpec } from "../core/job-spec.ts";
import { isExperimentName, isJobName, nearestName } from "../core/names.ts";
import { readDialectA } from "./dialect-a.ts";
import { readDialectC } from "./dialect-c.ts";
import { detectDialect } from "./dialect.ts";
import { InvalidFile, type Problem } from "./problem.ts";
import { asMapping, childOf, note, type MapPlace, type Reading } from "./read.ts";
import { applySet } from "./set.ts";
import { readSource } from "./source.ts";
import { parseTree } from "./tree.ts";

export interface ReadJobOptions {
  /** `a.b=c` assignments, as given to --set. */
  set?: readonly string[] | undefined;
  /** Overrides the name in the file. */
  name?: string | undefined;
  /** For a file that names no experiment. */
  defaultExperiment: string;
}

export interface JobFile {
  spec: JobSpec;
  warnings: Problem[];
}

/** Throws InvalidFile with every fault found. */
export async function readJobFile(file: string, options: ReadJobOptions): Promise<JobFile> {
  const reading: Reading = { problems: [], warnings: [] };
  const root = readRoot(file, options.set ?? [], reading);
  if (options.name !== undefined && !isJobName(options.name)) {
    const message = "expected 1 to 256 letters, digits, _, - or ., starting with a letter, a digit or _";
    reading.problems.push({ file: `--name ${options.name}`, path: "", message });
  }
  const spec = root && readSpec(root, options, reading);
  if (!spec || reading.problems.length > 0) throw new InvalidFile(reading.problems);
  return {
    spec: options.name === undefined ? spec : { ...spec, name: options.name },
    warnings: reading.warnings,
  };
}

function readSpec(root: MapPlace, options: ReadJobOptions, reading: Reading): JobSpec | undefined {
  if (!isCommandJob(root, reading)) return undefined;
  const dialect = detectDialect(root, reading);
  if (dialect === undefined) return undefined;
  const { defaultExperiment } = options;
  const experiment = isExperimentName(defaultExperiment) ? defaultExperiment : "Default";
  return dialect === "A"
    ? readDialectA(root, experiment, reading)
    : readDialectC(root, dialect, experiment, reading);
}

function readRoot(file: string, set: readonly string[], reading: Reading): MapPlace | undefined {
  const read = readSource(file, path.resolve(file));
  if ("problem" in read) {
    reading.problems.push(read.problem);
    return undefined;
  }
  const parsed = parseTree(read.source);
  if ("problems" in parsed) {
    reading.problems.push(...parsed.problems);
    return undefined;
  }
  const root = asMapping({ node: parsed.node, path: "" }, reading);
  if (root) reading.problems.push(...applySet(root.node, set));
  return root;
}

const otherTypes = [
  "sweep_job",
  "sweep",
  "pipeline_job",
  "pipeline",
  "automl_job",
  "automl",
  "spark",
  "import",
];

function isCommandJob(root: MapPlace, reading: Reading): boolean {
  const type = childOf(root, "type");
  const word =
    type?.node.kind === "scalar" && typeof type.node.value === "string" ? type.node.value.toLowerCase() : "";
  if (type && otherTypes.includes(word)) {
    note(
      type,
      reading,
      `${word.replace("_job", "")} jobs are not supported by this version; supported: command jobs`,
    );
    return false;
  }
  const known = ["command_job", "command"];
  if (type && type.node.kind === "scalar" && type.node.value !== null && !known.includes(word)) {
    const nearest = nearestName(word, [...known, ...otherTypes]);
    note(type, reading, `found ${JSON.stringify(type.node.value)}; allowed: ${known.join(", ")}`, {
      nearest,
    });
    return false;
  }
  const sign = word === "" ? ["trial", "search_space", "jobs"].find((key) => childOf(root, key)) : undefined;
  if (sign === undefined) return true;
  const kind = sign === "jobs" ? "pipeline" : "sweep";
  note(childOf(root, sign)!, reading, `belongs to a ${kind} job; this version supports command jobs only`);
  return false;
}
