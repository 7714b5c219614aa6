// A model's YAML, of either generation, → what to register. Local files are still local: the client uploads them.
import type { DataSource } from "../core/job-spec.ts";
import {
  assetFields,
  assetParts,
  detectAssetDialect,
  readAssetFile,
  readOnlyAssetFields,
  type AssetFile,
  type ReadAsset,
} from "./asset-fields.ts";
import { anySource, datastoreName, sourceFrom } from "./data-source.ts";
import { readLocalPath } from "./job-fields.ts";
import { note, type Reading } from "./notes.ts";
import {
  anything,
  asMapping,
  defined,
  ignored,
  looseText,
  mapOf,
  nonEmptyText,
  oneOf,
  readFields,
  required,
  type MapPlace,
  type Reader,
} from "./read.ts";
import type { Overrides } from "./read-root.ts";

export const modelTypes = ["custom_model", "mlflow_model", "triton_model"] as const;

export interface ModelContent {
  type: (typeof modelTypes)[number];
  source: DataSource;
  flavors?: Record<string, unknown>;
}

/** Throws InvalidFile with every fault found. Without a file, the flags in `options` say it all. */
export async function readModelFile(
  file: string | undefined,
  options: Overrides = {},
): Promise<ReadAsset<ModelContent>> {
  return readAssetFile(file, options, readModel);
}

function readModel(root: MapPlace, reading: Reading): AssetFile<ModelContent> | undefined {
  const keys = { A: ["local_path", "datastore", "utc_time_created"], C: ["type", "stage", "job_name"] };
  const dialect = detectAssetDialect(root, keys, reading);
  if (dialect === undefined) return undefined;
  return dialect === "A" ? readModelA(root, reading) : readModelC(root, reading);
}

function readModelA(root: MapPlace, reading: Reading): AssetFile<ModelContent> | undefined {
  const before = reading.problems.length;
  const fields = readFields(root, fieldsA, reading);
  if (fields?.name === undefined || reading.problems.length > before) return undefined;
  const { name, flavors } = fields;
  const source = sourceFrom(root, fields, reading);
  if (!source) {
    if (reading.problems.length === before) note(root, reading, "needs local_path, or path with datastore");
    return undefined;
  }
  // This generation has no key for the type; only models of MLflow have flavors.
  const type = flavors ? "mlflow_model" : "custom_model";
  const content = { type, source, ...defined({ flavors }) } as const;
  return { dialect: "A", ...assetParts({ ...fields, name }), content };
}

function readModelC(root: MapPlace, reading: Reading): AssetFile<ModelContent> | undefined {
  const before = reading.problems.length;
  const fields = readFields(root, fieldsC, reading);
  if (fields?.name === undefined || !fields.path || reading.problems.length > before) return undefined;
  const { name, path: source, flavors, stage } = fields;
  const { type = flavors ? "mlflow_model" : "custom_model" } = fields;
  return {
    dialect: "C",
    ...assetParts({ ...fields, name }),
    content: { type, source, ...defined({ flavors }) },
    ...defined({ label: stage }),
  };
}

const flavors: Reader<Record<string, unknown>> = (place, reading) => {
  const mapping = asMapping(place, reading);
  const values = mapping && anything(mapping, reading);
  return typeof values === "object" && values !== null ? { ...values } : undefined;
};

const shared = {
  ...assetFields,
  ...readOnlyAssetFields,
  properties: mapOf(looseText),
  flavors,
};

const fieldsA = {
  ...shared,
  // This generation does not count by itself.
  version: required(assetFields.version),
  local_path: readLocalPath,
  path: nonEmptyText,
  datastore: datastoreName,
  utc_time_created: ignored,
};

const stage: Reader<string> = (place, reading) => {
  const word = nonEmptyText(place, reading);
  if (word === undefined || word.toLowerCase() === "none") return undefined;
  if (/^\w[\w.-]{0,99}$/.test(word) && word.toLowerCase() !== "latest") return word;
  return note(place, reading, `found ${JSON.stringify(word)}; expected a word such as Production`);
};

const fieldsC = {
  ...shared,
  type: oneOf(modelTypes, { anyCase: true }),
  path: required(anySource),
  stage,
  job_name: ignored,
  datastore: ignored,
};
