// The files of data, environments and models, in dialects A and C.
import {
  anything,
  document,
  filledIn,
  ignoredKeys,
  looseText,
  mapOf,
  mapping,
  text,
  word,
  type JsonSchema,
} from "./json-schema.ts";
import { environmentKeysA, environmentKeysC, saysA, saysC } from "./environment-schema.ts";
import { placeForms, placeKeysA } from "./inputs-schema.ts";
import { $schema, description, labelPattern, tags, unused } from "./shared-keys.ts";
import { dataAssetTypes } from "../assets/read-data.ts";
import { modelTypes } from "../assets/read-model.ts";

const nameAndVersion: Record<string, JsonSchema> = {
  $schema,
  name: looseText("The asset's name: letters, digits, _, - and .", {
    pattern: String.raw`^\w[\w.-]{0,254}$`,
    minimum: 0,
    examples: ["iris"],
  }),
  version: looseText(
    "Usually a whole number. The next one when left out. A version never changes once it is made.",
    {
      pattern: String.raw`^(?![Ll][Aa][Tt][Ee][Ss][Tt]$)\w[\w.-]{0,99}$`,
      minimum: 0,
      examples: [1],
    },
  ),
  description,
  tags,
};

const readOnly = ignoredKeys(
  [
    "id",
    "arm_id",
    "creation_context",
    "resourceGroup",
    "labels",
    "archived",
    "latest_version",
    "lineage",
    "created_by_job",
  ],
  filledIn,
);

/** As in a job, but never empty. */
const placeKeys = { ...placeKeysA, path: { ...placeKeysA.path, pattern: String.raw`\S` } };

const properties = mapOf(looseText("A text."), "Like tags, but once set they stay.");

const path = text(
  "A local file or folder, which is uploaded; or an address: https://…, azureml://datastores/…, azureml://jobs/…, runs:/….",
  {
    pattern: String.raw`^(${labelPattern}$|(?!azureml:|/subscriptions/|runs:/)[\s\S]*\S)`,
    examples: ["table.csv", "https://example.com/table.csv"],
  },
);

const what = "a named, versioned file or folder that jobs can read";

export const dataA = document(
  "Trainyard data, dialect A (the 2021 preview)",
  mapping({ ...nameAndVersion, ...placeKeys, ...readOnly }, `Data: ${what}.`, {
    required: ["name"],
    anyOf: placeForms,
  }),
);

export const dataC = document(
  "Trainyard data",
  mapping(
    {
      ...nameAndVersion,
      type: word(
        dataAssetTypes,
        "What stands at the path. By default what is there, or how the address ends.",
      ),
      path,
      properties,
      ...readOnly,
    },
    `Data: ${what}.`,
    { required: ["name", "path"] },
  ),
);

export const environmentA = document(
  "Trainyard environment, dialect A (the 2021 preview)",
  mapping(
    { ...nameAndVersion, ...environmentKeysA, ...readOnly, properties: unused },
    "An environment: an image and packages that jobs run in, by name and version.",
    { required: ["name"], ...saysA },
  ),
);

export const environmentC = document(
  "Trainyard environment",
  mapping(
    { ...nameAndVersion, ...environmentKeysC, ...readOnly, properties: unused },
    "An environment: an image and packages that jobs run in, by name and version.",
    { required: ["name"], ...saysC },
  ),
);

const flavors: JsonSchema = {
  type: ["object", "string"],
  pattern: String.raw`^file:\s*\S`,
  description: "How MLflow can load it. Kept as it is.",
};

export const modelA = document(
  "Trainyard model, dialect A (the 2021 preview)",
  mapping(
    {
      ...nameAndVersion,
      ...placeKeys,
      properties,
      flavors,
      utc_time_created: anything("Ignored: the server knows when."),
      ...readOnly,
    },
    "A model: named, versioned files that a job or a person made.",
    { required: ["name", "version"], anyOf: placeForms },
  ),
);

export const modelC = document(
  "Trainyard model",
  mapping(
    {
      ...nameAndVersion,
      type: word(modelTypes, "What kind of model it is.", { default: "custom_model" }),
      path: {
        ...path,
        examples: ["model", "azureml://jobs/iris-1/outputs/artifacts/paths/outputs/model.pkl"],
      },
      stage: text("How far it has come, in a word that becomes a label of this version.", {
        pattern: String.raw`^(?![Ll][Aa][Tt][Ee][Ss][Tt]$)\w[\w.-]{0,99}$`,
        examples: ["Production"],
      }),
      properties,
      flavors,
      job_name: filledIn,
      ...readOnly,
    },
    "A model: named, versioned files that a job or a person made.",
    { required: ["name", "path"] },
  ),
);
