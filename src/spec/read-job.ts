// What a user wrote, in any dialect, with every --set applied → one canonical job spec, or every fault at once.
import type { JobSpec } from "../core/job-spec.ts";
import { isExperimentName, nearestName } from "../core/names.ts";
import { readDialectA } from "./dialect-a.ts";
import { readDialectC } from "./dialect-c.ts";
import { detectDialect } from "./dialect.ts";
import { noteOtherFile } from "./other-files.ts";
import { InvalidFile, type Problem } from "./text/problem.ts";
import { readSweep } from "./read-sweep.ts";
import { readRoot, rootOfDocument, rootOfText, type Overrides } from "./text/read-root.ts";
import { note, type Reading } from "./text/notes.ts";
import { childOf, type MapPlace } from "./text/read.ts";

export interface ReadJobOptions extends Overrides {
  /** For a file that names no experiment. */
  defaultExperiment: string;
  /** For a sweep that names no seed; default 0. */
  newSeed?: number;
}

export interface JobFile {
  spec: JobSpec;
  warnings: Problem[];
}

/** Throws InvalidFile with every fault found. */
export async function readJobFile(file: string, options: ReadJobOptions): Promise<JobFile> {
  const reading: Reading = { problems: [], warnings: [] };
  return readJobRoot(readRoot(file, options, reading), options, reading);
}

/** The same of a job that stands in no file; `shown` is what its faults are told of. */
export function readJobText(shown: string, text: string, options: ReadJobOptions): JobFile {
  const reading: Reading = { problems: [], warnings: [] };
  return readJobRoot(rootOfText(shown, text, options, reading), options, reading);
}

/** The same of a document that somebody sent, without looking at any file. */
export function readJobDocument(text: string, options: ReadJobOptions): JobFile {
  const reading: Reading = { problems: [], warnings: [] };
  return readJobRoot(rootOfDocument(text, reading), options, reading);
}

function readJobRoot(root: MapPlace | undefined, options: ReadJobOptions, reading: Reading): JobFile {
  const spec = root && readSpec(root, options, reading);
  if (!spec || reading.problems.length > 0) throw new InvalidFile(reading.problems);
  return { spec, warnings: reading.warnings };
}

function readSpec(root: MapPlace, options: ReadJobOptions, reading: Reading): JobSpec | undefined {
  const { defaultExperiment, newSeed = 0 } = options;
  const experiment = isExperimentName(defaultExperiment) ? defaultExperiment : "Default";
  if (noteOtherFile(root, reading)) return undefined;
  const sweep = sweepDialect(root);
  if (sweep) return readSweep(root, sweep, { defaultExperiment: experiment, newSeed }, reading);
  if (!isCommandJob(root, reading)) return undefined;
  const dialect = detectDialect(root, reading);
  if (dialect === undefined) return undefined;
  return dialect === "A"
    ? readDialectA(root, experiment, reading)
    : readDialectC(root, dialect, experiment, reading);
}

/** Undefined when it is no sweep. Without a type its own keys tell. */
function sweepDialect(root: MapPlace): "A" | "C" | undefined {
  const word = typeWord(root);
  if (word === "sweep_job") return "A";
  if (word === "sweep") return "C";
  if (word !== "" || !(childOf(root, "trial") && childOf(root, "search_space"))) return undefined;
  return childOf(root, "algorithm") ? "A" : "C";
}

function typeWord(root: MapPlace): string {
  const type = childOf(root, "type");
  return type?.node.kind === "scalar" && typeof type.node.value === "string"
    ? type.node.value.toLowerCase()
    : "";
}

const otherTypes = ["pipeline_job", "pipeline", "automl_job", "automl", "spark", "import"];

function isCommandJob(root: MapPlace, reading: Reading): boolean {
  const type = childOf(root, "type");
  const word = typeWord(root);
  if (type && otherTypes.includes(word)) {
    note(
      type,
      reading,
      `${word.replace("_job", "")} jobs are not supported by this version; supported: command jobs and sweeps`,
    );
    return false;
  }
  const known = ["command_job", "command", "sweep_job", "sweep"];
  if (type && type.node.kind === "scalar" && type.node.value !== null && !known.includes(word)) {
    const nearest = nearestName(word, [...known, ...otherTypes]);
    // A slip of the pen is told of with the other faults.
    if (nearest === "command" || nearest === "command_job") return true;
    note(type, reading, `found ${JSON.stringify(type.node.value)}; allowed: ${known.join(", ")}`, {
      nearest,
    });
    return false;
  }
  const schema = childOf(root, "$schema");
  if (schema?.node.kind === "scalar" && /component/i.test(schema.node.text)) {
    note(
      schema,
      reading,
      "describes a component; components are not supported by this version, only command jobs and sweeps",
    );
    return false;
  }
  const sign = word === "" ? ["trial", "search_space", "jobs"].find((key) => childOf(root, key)) : undefined;
  if (sign === undefined) return true;
  const message =
    sign === "jobs"
      ? "belongs to a pipeline job; this version supports command jobs and sweeps"
      : `belongs to a sweep, which needs ${sign === "trial" ? "search_space" : "trial"} as well`;
  note(childOf(root, sign)!, reading, message);
  return false;
}
