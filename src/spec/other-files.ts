// Files that are no jobs, given where a job is expected: one sentence, not a list of unknown keys.
import { note, type Reading } from "./text/notes.ts";
import { childOf, type MapPlace } from "./text/read.ts";

interface OtherKind {
  /** As in "describes …". */
  what: string;
  command: string;
  schemas: RegExp;
  types: readonly string[];
}

const kinds: readonly OtherKind[] = [
  {
    what: "data",
    command: "data create",
    schemas: /\/(data|dataset|asset)\.schema/i,
    types: ["uri_file", "uri_folder", "mltable"],
  },
  {
    what: "a model",
    command: "model create",
    schemas: /\/model\.schema/i,
    types: ["custom_model", "mlflow_model", "triton_model"],
  },
  {
    what: "an environment",
    command: "environment create",
    schemas: /\/environment\.schema/i,
    types: [],
  },
  {
    what: "a compute",
    command: "compute create",
    schemas: /compute\w*\.schema/i,
    types: ["amlcompute", "computeinstance"],
  },
  {
    what: "a datastore",
    command: "datastore create",
    schemas: /\/(datastore|azure(blob|file|datalake\w*))\.schema/i,
    types: ["azure_blob", "azure_file", "azure_data_lake_gen1", "azure_data_lake_gen2", "s3", "local_folder"],
  },
];

const ofJobs = ["command", "trial", "jobs", "code", "environment"];

/** Whether it is one, which has been noted then. */
export function noteOtherFile(root: MapPlace, reading: Reading): boolean {
  if (ofJobs.some((key) => childOf(root, key))) return false;
  const [type, schema] = [wordOf(root, "type"), wordOf(root, "$schema")];
  const kind =
    kinds.find(({ schemas }) => schemas.test(schema)) ?? kinds.find(({ types }) => types.includes(type));
  if (kind) {
    note(root, reading, `describes ${kind.what}, not a job`, { hint: `Use ${kind.command} -f with it.` });
    return true;
  }
  const isFiles = childOf(root, "path") ?? childOf(root, "local_path");
  if (!childOf(root, "name") || !isFiles) return false;
  note(root, reading, "names files, but no command: it describes data or a model, not a job", {
    hint: "Use data create -f, or model create -f, with it.",
  });
  return true;
}

function wordOf(root: MapPlace, key: string): string {
  const place = childOf(root, key);
  return place?.node.kind === "scalar" && typeof place.node.value === "string"
    ? place.node.value.toLowerCase()
    : "";
}
