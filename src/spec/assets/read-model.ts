// A model's YAML, of either generation, → what to register. Local files are still local: the client uploads them.
import { existsSync } from "node:fs";
import path from "node:path";
import type { DataSource } from "../../core/job-spec.ts";
import {
  assetFields,
  assetParts,
  byDialect,
  readAssetFile,
  readOnlyAssetFields,
  type AssetFile,
  type ReadAsset,
} from "./asset-fields.ts";
import { anySource, datastoreName, sourceFrom } from "../data-source.ts";
import { readLocalPath } from "../job-fields.ts";
import { note, warn, type Place, type Reading } from "../text/notes.ts";
import {
  anything,
  asMapping,
  childOf,
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
} from "../text/read.ts";
import { readRoot, type Overrides } from "../text/read-root.ts";

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

const readModel = byDialect<ModelContent>(
  { A: ["local_path", "datastore", "utc_time_created"], C: ["type", "stage", "job_name"] },
  { A: readModelA, C: readModelC },
);

function readModelA(root: MapPlace, reading: Reading): AssetFile<ModelContent> | undefined {
  const before = reading.problems.length;
  const fields = readFields(root, fieldsA, reading);
  if (fields?.name === undefined || reading.problems.length > before) return undefined;
  const { name } = fields;
  const source = sourceFrom(root, fields, "local_path, or path with datastore", reading);
  if (!source) return undefined;
  // This generation has no key for the type; only models of MLflow have flavors.
  const content = contentOf(source, { flavors: fields.flavors }, root, reading);
  return { dialect: "A", ...assetParts({ ...fields, name }), content };
}

function readModelC(root: MapPlace, reading: Reading): AssetFile<ModelContent> | undefined {
  const before = reading.problems.length;
  const fields = readFields(root, fieldsC, reading);
  if (fields?.name === undefined || !fields.path || reading.problems.length > before) return undefined;
  const { name, path: source, stage } = fields;
  return {
    dialect: "C",
    ...assetParts({ ...fields, name }),
    content: contentOf(source, fields, childOf(root, "type") ?? root, reading),
    ...defined({ label: stage }),
  };
}

/** What the file does not say of a model of MLflow stands in the model's own folder. */
function contentOf(
  source: DataSource,
  given: { type?: ModelContent["type"] | undefined; flavors?: Record<string, unknown> | undefined },
  place: Place,
  reading: Reading,
): ModelContent {
  const isOther = given.type !== undefined && given.type !== "mlflow_model";
  const folder = source.kind === "local" ? source.path : undefined;
  const described = folder === undefined ? undefined : path.join(folder, "MLmodel");
  const exists = described !== undefined && existsSync(described);
  const found = given.flavors ?? (exists && !isOther ? flavorsIn(described) : undefined);
  const type = given.type ?? (found ? "mlflow_model" : "custom_model");
  if (type === "mlflow_model" && folder !== undefined && !exists) {
    warn(place, reading, `the type is mlflow_model, but ${folder} holds no file named MLmodel`);
  }
  return { type, source, ...defined({ flavors: found }) };
}

/** Faults in it are MLflow's matter: then the version has no flavors. */
function flavorsIn(file: string): Record<string, unknown> | undefined {
  const reading: Reading = { problems: [], warnings: [] };
  const root = readRoot(file, {}, reading);
  const place = root && childOf(root, "flavors");
  return place && flavors(place, reading);
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
