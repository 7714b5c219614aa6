// Dialect A, the 2021 preview: command jobs with {inputs.x}, compute.target and file: references.
import type { Code, DataSource, Input, JobSpec, Output } from "../core/job-spec.ts";
import { datastoreName, readReference, sourceFrom } from "./data-source.ts";
import { environmentA } from "./environment-a.ts";
import { fetchable } from "./fetchable.ts";
import {
  computeTarget,
  namedBindings,
  readLocalPath,
  readOnlyFields,
  readTyped,
  sharedFields,
} from "./job-fields.ts";
import { readCommand } from "./parse-command.ts";
import { found, note, noteExpected, type Reading } from "./text/notes.ts";
import { followFile } from "./text/follow-file.ts";
import {
  anything,
  asMapping,
  childOf,
  count,
  defined,
  ignored,
  looseText,
  mapOf,
  numberFrom,
  oneOf,
  readFields,
  required,
  text,
  type MapPlace,
  type Reader,
} from "./text/read.ts";
import { countNodes, distributionA } from "./distribution.ts";
import { isReference } from "./text/reference.ts";

export function readDialectA(
  root: MapPlace,
  defaultExperiment: string,
  reading: Reading,
  /** Of the sweep that this is the trial of. */
  parameters?: readonly string[],
): JobSpec | undefined {
  const distributed = childOf(root, "distributed");
  const table = {
    ...sharedFields,
    ...readOnlyFields,
    type: oneOf(["command_job"]),
    code: codeA,
    command: required(commandA(root, parameters)),
    inputs: namedBindings(inputA),
    environment: required(environmentA),
    compute: required(computeA),
    distribution: distributionA,
    distributed: distributionA,
    identity: identityA,
    timeout: numberFrom(0, { whole: false, above: true }),
    output: outputA,
  };
  const fields = readFields(root, table, reading);
  if (distributed && childOf(root, "distribution")) {
    note(distributed, reading, "stands beside distribution, which means the same; expected one of them");
  }
  if (!fields?.command || !fields.environment || !fields.compute) return undefined;

  const distribution = fields.distribution ?? fields.distributed;
  const compute = countNodes(root, fields.compute, distribution, reading);
  return {
    kind: "command",
    dialect: "A",
    experimentName: fields.experiment_name ?? defaultExperiment,
    tags: fields.tags ?? {},
    properties: fields.properties ?? {},
    command: fields.command,
    inputs: fields.inputs ?? {},
    outputs: noOutputs,
    environment: fields.environment,
    environmentVariables: fields.environment_variables ?? {},
    compute,
    ...defined({
      name: fields.name,
      description: fields.description,
      code: fields.code,
      distribution,
      timeoutSeconds: fields.timeout,
      output: fields.output,
      identity: fields.identity,
    }),
  };
}

const noOutputs: Record<string, Output> = {};

const commandA =
  (root: MapPlace, parameters: readonly string[] | undefined): Reader<JobSpec["command"]> =>
  (place, reading) => {
    const declared = { inputs: namesIn(root, "inputs", reading), outputs: [], search_space: parameters };
    return readCommand(place, "A", declared, reading);
  };

/** The declared names, found before the inputs themselves are read, whose faults are theirs. */
export function namesIn(root: MapPlace, key: string, reading: Reading): string[] {
  const place = childOf(root, key);
  // Faults of a file that is named here are noted when the key itself is read.
  const target = place && followFile(place, { ...reading, problems: [] });
  return target?.node.kind === "map" ? [...target.node.entries.keys()] : [];
}

const codeA: Reader<Code> = (place, reading) => {
  const target = followFile(place, reading);
  if (!target) return undefined;
  const { node } = target;
  if (node.kind === "scalar" && typeof node.value === "string" && isReference(node.value)) {
    return readReference(target, node.value, reading, { labels: false });
  }
  if (node.kind === "scalar" && typeof node.value === "string") {
    return note(
      target,
      reading,
      `${found(node)}; expected a mapping, azureml:<name>:<version> or file:<path>`,
      {
        hint: `For a folder write code: {local_path: ${node.value}}.`,
      },
    );
  }
  return sourceA(target, reading);
};

const readOnlyAsset = {
  id: ignored,
  name: ignored,
  version: ignored,
  arm_id: ignored,
  creation_context: ignored,
};

const sourceA: Reader<DataSource> = (place, reading) => {
  const before = reading.problems.length;
  const table = {
    ...readOnlyAsset,
    local_path: readLocalPath,
    path: text,
    datastore: datastoreName,
    description: text,
    tags: mapOf(looseText),
    $schema: text,
  };
  const fields = readFields(place, table, reading);
  if (!fields || reading.problems.length > before) return undefined;
  const needed = "local_path (a file or folder of this machine), or path (a URI)";
  return sourceFrom(place, fields, needed, reading);
};

const inputA: Reader<Input> = (place, reading) => {
  const table = { data: required(dataA), mode: oneOf(["mount", "download"]) };
  const mapping = asMapping(place, reading);
  const fields = mapping && readFields(mapping, table, reading);
  if (!mapping || !fields?.data) return undefined;
  const mode = fields.mode ?? "mount";
  const source = fetchable(fields.data, { mode }, childOf(mapping, "data") ?? mapping, reading);
  return source && { kind: "data", source, mode };
};

const dataA: Reader<DataSource> = (place, reading) => {
  const target = followFile(place, reading);
  if (!target) return undefined;
  const { node } = target;
  if (node.kind === "map") return sourceA(target, reading);
  if (node.kind !== "scalar" || typeof node.value !== "string") {
    return noteExpected(target, reading, "azureml:<name>:<version>, a mapping or file:<path>");
  }
  if (isReference(node.value)) return readReference(target, node.value, reading, { labels: false });
  const key = /^[a-z][a-z0-9+.-]+:/i.test(node.value) ? "path" : "local_path";
  return noteExpected(target, reading, "azureml:<name>:<version>, a mapping or file:<path>", {
    hint: `Write data: {${key}: ${node.value}}.`,
  });
};

interface ComputeA {
  target: string;
  instanceCount: number;
  instanceType?: string;
}

const computeA: Reader<ComputeA> = (place, reading) => {
  const table = {
    target: required(computeTarget),
    instance_count: count,
    instance_type: text,
    location: ignored,
    properties: ignored,
  };
  const fields = readFields(place, table, reading);
  if (fields?.target === undefined) return undefined;
  const { target, instance_count, instance_type } = fields;
  return { target, instanceCount: instance_count ?? 1, ...defined({ instanceType: instance_type }) };
};

const identityA = readTyped(["amltoken", "managed"], anything);

const outputA: Reader<{ datastore?: string; path?: string }> = (place, reading) => {
  const fields = readFields(place, { datastore_id: datastoreName, path: text }, reading);
  return fields && defined({ datastore: fields.datastore_id, path: fields.path });
};
