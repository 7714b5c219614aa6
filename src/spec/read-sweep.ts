// A sweep job of any dialect: what is searched, and the job that each trial is.
import type { JobSpec } from "../core/job-spec.ts";
import type { SearchSpace, Sweep } from "../core/sweep.ts";
import { readDialectA } from "./dialect-a.ts";
import { readDialectC } from "./dialect-c.ts";
import { mentionsIn } from "./parse-command.ts";
import { note, warn, type Place, type Reading } from "./text/notes.ts";
import { anything, asMapping, childOf, count, numberFrom, oneOf, readFields, required } from "./text/read.ts";
import type { FieldTable, MapPlace } from "./text/read.ts";
import { searchSpace } from "./search-space.ts";
import { checkedLimits, earlyTerminationAs, limitsOfSweep, objective, samplingFrom } from "./sweep-fields.ts";
import type { MapEntry } from "./text/tree.ts";

/** What is read as a part of the trial, though it stands beside it. */
const sharedKeys = [
  "$schema",
  "name",
  "experiment_name",
  "description",
  "tags",
  "properties",
  "output",
  "id",
  "status",
  "creation_context",
  "interaction_endpoints",
  "log_files",
  "parameters",
  "resourceGroup",
];
const sharedKeysC = [
  ...sharedKeys.filter((key) => key !== "output"),
  "display_name",
  "inputs",
  "outputs",
  "compute",
  "identity",
  "services",
  "queue_settings",
  "parent_job_name",
  "environment_variables",
  "resources",
];

const keep = (keys: readonly string[]): FieldTable => Object.fromEntries(keys.map((key) => [key, anything]));

export function readSweep(
  root: MapPlace,
  dialect: "A" | "C",
  options: { defaultExperiment: string; newSeed: number },
  reading: Reading,
): JobSpec | undefined {
  const sweep =
    dialect === "A" ? sweepOfA(root, options.newSeed, reading) : sweepOfC(root, options.newSeed, reading);
  const spec = readTrial(root, dialect, options.defaultExperiment, parameterNames(root, reading), reading);
  if (!sweep || !spec) return undefined;
  warnUnused(root, spec, sweep.searchSpace, reading);
  return { ...spec, sweep };
}

function sweepOfA(root: MapPlace, newSeed: number, reading: Reading): Sweep | undefined {
  const table = {
    ...keep(sharedKeys),
    type: oneOf(["sweep_job"], { anyCase: true }),
    trial: required(anything),
    algorithm: required(samplingFrom(newSeed)),
    search_space: searchSpace,
    objective: required(objective),
    early_termination: earlyTerminationAs("policy_type"),
    max_total_trials: count,
    max_concurrent_trials: count,
    timeout_minutes: numberFrom(0, { whole: false, above: true }),
  };
  const fields = readFields(root, table, reading);
  if (!fields?.algorithm || !fields.objective) return undefined;
  const minutes = fields.timeout_minutes;
  const limits = checkedLimits(
    {
      total: fields.max_total_trials,
      concurrent: fields.max_concurrent_trials,
      timeoutSeconds: minutes === undefined ? undefined : minutes * 60,
      trialTimeoutSeconds: undefined,
    },
    childOf(root, "max_concurrent_trials") ?? root,
    reading,
  );
  return {
    searchSpace: fields.search_space ?? {},
    sampling: fields.algorithm,
    objective: fields.objective,
    limits,
    ...(fields.early_termination && { earlyTermination: fields.early_termination }),
  };
}

function sweepOfC(root: MapPlace, newSeed: number, reading: Reading): Sweep | undefined {
  const table = {
    ...keep(sharedKeysC),
    type: oneOf(["sweep"], { anyCase: true }),
    trial: required(anything),
    sampling_algorithm: required(samplingFrom(newSeed)),
    search_space: required(searchSpace),
    objective: required(objective),
    early_termination: earlyTerminationAs("type"),
    limits: limitsOfSweep,
  };
  const fields = readFields(root, table, reading);
  if (!fields?.sampling_algorithm || !fields.objective || !fields.search_space) return undefined;
  return {
    searchSpace: fields.search_space,
    sampling: fields.sampling_algorithm,
    objective: fields.objective,
    limits:
      fields.limits ??
      checkedLimits(
        {
          total: undefined,
          concurrent: undefined,
          timeoutSeconds: undefined,
          trialTimeoutSeconds: undefined,
        },
        root,
        reading,
      ),
    ...(fields.early_termination && { earlyTermination: fields.early_termination }),
  };
}

/** As written, whatever is wrong with their distributions; those that a choice brings in as well. */
function parameterNames(root: MapPlace, reading: Reading): string[] {
  const at = childOf(root, "search_space");
  const space = at && asMapping(at, { ...reading, problems: [] });
  if (!space) return [];
  return [...space.node.entries].flatMap(([name, { value }]) => {
    const values = value.kind === "map" ? value.entries.get("values")?.value : undefined;
    const items = values?.kind === "list" ? values.items : [];
    return [name, ...items.flatMap((item) => (item.kind === "map" ? [...item.entries.keys()] : []))];
  });
}

/** The trial and what stands beside it, read together as the command job that they describe. */
function readTrial(
  root: MapPlace,
  dialect: "A" | "C",
  defaultExperiment: string,
  parameters: readonly string[],
  reading: Reading,
): JobSpec | undefined {
  const at = childOf(root, "trial");
  const trial = at && asMapping(at, reading);
  if (!trial) return undefined;
  if (childOf(trial, "component")) {
    return note(childOf(trial, "component")!, reading, "components are not supported by this version", {
      hint: "Write the component's command and environment into trial.",
    });
  }
  const beside = dialect === "A" ? sharedKeys : sharedKeysC;
  const entries = new Map<string, MapEntry>(trial.node.entries);
  entries.delete("type");
  for (const key of beside) {
    const entry = root.node.entries.get(key);
    if (entry && entries.has(key)) warnTwice(childOf(root, key)!, key, reading);
    else if (entry) entries.set(key, entry);
  }
  const together: MapPlace = { node: { ...trial.node, entries }, path: "" };
  const own: Reading = { problems: [], warnings: [] };
  const spec =
    dialect === "A"
      ? readDialectA(together, defaultExperiment, own, parameters)
      : readDialectC(together, "C", defaultExperiment, own, parameters);
  const placed = (path: string) =>
    trial.node.entries.has(path.split(/[.[]/)[0]!) || path === ""
      ? `${trial.path}${path === "" ? "" : "."}${path}`
      : path;
  reading.problems.push(...own.problems.map((problem) => ({ ...problem, path: placed(problem.path) })));
  reading.warnings.push(...own.warnings.map((problem) => ({ ...problem, path: placed(problem.path) })));
  return own.problems.length > 0 ? undefined : spec;
}

const warnTwice = (place: Place, key: string, reading: Reading): void =>
  warn(place, reading, `${key} stands in trial too`, "The one in trial counts; remove one of them.");

/** A parameter that nothing reads changes nothing: most often its name is misspelled in the command. */
function warnUnused(root: MapPlace, spec: JobSpec, space: SearchSpace, reading: Reading): void {
  const at = childOf(root, "search_space");
  if (at?.node.kind !== "map") return;
  const named = mentionsIn(spec.command.parts).map(({ name }) => name);
  for (const name of Object.keys(space)) {
    if (named.includes(name) || spec.command.source.includes(`AZUREML_SWEEP_${name}`)) continue;
    const entry = childOf({ node: at.node, path: at.path }, name)!;
    const written = spec.dialect === "A" ? `{search_space.${name}}` : `\${{search_space.${name}}}`;
    warn(
      entry,
      reading,
      `the command does not mention ${written}`,
      `Each trial also gets it as the variable AZUREML_SWEEP_${name}.`,
    );
  }
}
