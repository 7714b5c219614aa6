// How a job is spread over processes and nodes, as each dialect says it.
import type { Distribution } from "../core/job-spec.ts";
import { note, warn, type Reading } from "./text/notes.ts";
import {
  asMapping,
  childOf,
  count,
  countOrNone,
  defined,
  ignored,
  oneOf,
  readFields,
  required,
  type MapPlace,
  type Reader,
} from "./text/read.ts";

export const distributionA: Reader<Distribution> = (place, reading) => {
  const mapping = asMapping(place, reading);
  if (!mapping) return undefined;
  const type = { type: required(oneOf(["pytorch", "tensorflow", "mpi"], { anyCase: true })) };
  const written = childOf(mapping, "type")?.node;
  const word = written?.kind === "scalar" ? String(written.value).toLowerCase() : undefined;
  switch (word) {
    case "pytorch": {
      const fields = readFields(mapping, { ...type, process_count: count }, reading);
      return fields && { type: "pytorch", ...defined({ processCount: fields.process_count }) };
    }
    case "tensorflow": {
      const table = { ...type, worker_count: count, parameter_server_count: countOrNone };
      return tensorflow(readFields(mapping, table, reading));
    }
    case "mpi": {
      const fields = readFields(mapping, { ...type, process_count_per_instance: count }, reading);
      return fields && { type: "mpi", processCountPerInstance: fields.process_count_per_instance ?? 1 };
    }
    default: {
      const known = ["process_count", "worker_count", "parameter_server_count", "process_count_per_instance"];
      readFields(mapping, { ...type, ...Object.fromEntries(known.map((key) => [key, ignored])) }, reading);
    }
  }
};

const tensorflow = (
  fields: { worker_count: number | undefined; parameter_server_count: number | undefined } | undefined,
): Distribution | undefined =>
  fields && {
    type: "tensorflow",
    parameterServerCount: fields.parameter_server_count ?? 0,
    ...defined({ workerCount: fields.worker_count }),
  };

/** How many nodes the distribution means, where it says so, and whether it can be spread over them. */
export function countNodes<Compute extends { instanceCount: number }>(
  root: MapPlace,
  compute: Compute,
  distribution: Distribution | undefined,
  reading: Reading,
): Compute {
  const place = childOf(root, "distribution") ?? childOf(root, "distributed");
  if (!place || !distribution) return compute;
  const { instanceCount } = compute;
  if (distribution.type === "pytorch" && (distribution.processCount ?? instanceCount) < instanceCount) {
    note(
      place,
      reading,
      `process_count is ${distribution.processCount}, but instance_count is ${instanceCount}`,
      {
        hint: "process_count is the number of processes of the whole job: at least one a node.",
      },
    );
  }
  if (distribution.type !== "tensorflow") return compute;
  const nodes = distribution.workerCount ?? instanceCount;
  if (instanceCount !== 1 && nodes !== instanceCount) {
    warn(place, reading, `worker_count ${nodes} overrides instance_count ${instanceCount}`);
  }
  if (distribution.parameterServerCount > nodes) {
    const { parameterServerCount } = distribution;
    note(
      place,
      reading,
      `parameter_server_count is ${parameterServerCount}; at most one a node, and there are ${nodes}`,
    );
  }
  return { ...compute, instanceCount: nodes };
}

/** Dialect C counts the processes of one node; wholeJob makes them those of all. */
export const distributionC: Reader<Distribution> = (place, reading) => {
  const mapping = asMapping(place, reading);
  if (!mapping) return undefined;
  const typePlace = childOf(mapping, "type");
  const word = typePlace?.node.kind === "scalar" ? String(typePlace.node.value).toLowerCase() : "";
  const type = { type: required(oneOf(["pytorch", "tensorflow", "mpi"], { anyCase: true })) };
  switch (word) {
    case "pytorch": {
      const fields = readFields(mapping, { ...type, process_count_per_instance: count }, reading);
      return fields && { type: "pytorch", processCount: fields.process_count_per_instance ?? 1 };
    }
    case "tensorflow": {
      const table = { ...type, worker_count: count, parameter_server_count: countOrNone };
      return tensorflow(readFields(mapping, table, reading));
    }
    case "mpi": {
      const fields = readFields(mapping, { ...type, process_count_per_instance: required(count) }, reading);
      const processes = fields?.process_count_per_instance;
      return processes === undefined ? undefined : { type: "mpi", processCountPerInstance: processes };
    }
    case "ray":
      return note(
        typePlace ?? mapping,
        reading,
        "ray is not supported by this version; allowed: pytorch, tensorflow, mpi",
      );
    default: {
      const known = ["process_count_per_instance", "worker_count", "parameter_server_count"];
      readFields(mapping, { ...type, ...Object.fromEntries(known.map((key) => [key, ignored])) }, reading);
    }
  }
};

/** The file counts the processes of one node; the canonical spec those of the whole job. */
export function wholeJob(distribution: Distribution | undefined, nodes: number): Distribution | undefined {
  if (distribution?.type !== "pytorch") return distribution;
  return { type: "pytorch", processCount: (distribution.processCount ?? 1) * nodes };
}
