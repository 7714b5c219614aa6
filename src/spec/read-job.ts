// What a user wrote, in any dialect, with every --set applied → one canonical job spec, or every fault at once.
import type { JobSpec } from "../core/job-spec.ts";
import { isExperimentName, nearestName } from "../core/names.ts";
import { readDialectA } from "./dialect-a.ts";
import { readDialectC } from "./dialect-c.ts";
import { detectDialect } from "./dialect.ts";
import { InvalidFile, type Problem } from "./problem.ts";
import { readRoot, rootOfText, type Overrides } from "./read-root.ts";
import { note, type Reading } from "./notes.ts";
import { childOf, type MapPlace } from "./read.ts";

export interface ReadJobOptions extends Overrides {
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
  return readJobRoot(readRoot(file, options, reading), options, reading);
}

/** The same of a job that stands in no file; `shown` is what its faults are told of. */
export function readJobText(shown: string, text: string, options: ReadJobOptions): JobFile {
  const reading: Reading = { problems: [], warnings: [] };
  return readJobRoot(rootOfText(shown, text, options, reading), options, reading);
}

function readJobRoot(root: MapPlace | undefined, options: ReadJobOptions, reading: Reading): JobFile {
  const spec = root && readSpec(root, options, reading);
  if (!spec || reading.problems.length > 0) throw new InvalidFile(reading.problems);
  return { spec, warnings: reading.warnings };
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
  const schema = childOf(root, "$schema");
  if (schema?.node.kind === "scalar" && /component/i.test(schema.node.text)) {
    note(
      schema,
      reading,
      "describes a component; components are not supported by this version, only command jobs",
    );
    return false;
  }
  const sign = word === "" ? ["trial", "search_space", "jobs"].find((key) => childOf(root, key)) : undefined;
  if (sign === undefined) return true;
  const kind = sign === "jobs" ? "pipeline" : "sweep";
  note(childOf(root, sign)!, reading, `belongs to a ${kind} job; this version supports command jobs only`);
  return false;
}
