// Inputs and outputs of a job, in the forms of each dialect.
import { dataTypes } from "../../core/job-spec.ts";
import {
  anything,
  has,
  hasNot,
  ignoredKeys,
  filledIn,
  looseText,
  mapOf,
  mapping,
  onlyMapping,
  orText,
  text,
  word,
  yesOrNo,
  type JsonSchema,
} from "./json-schema.ts";
import {
  $schema,
  assetPattern,
  bindingNames,
  datastore,
  description,
  labelPattern,
  tags,
  unused,
  versionPattern,
} from "./shared-keys.ts";

const uriPattern = String.raw`[A-Za-z][A-Za-z0-9+.-]+:\S*`;
/** Anything but a `file:`, and a reference only when it is a whole one. */
const anyPath = String.raw`^(${labelPattern}$|(?!azureml:|/subscriptions/|runs:/)[\s\S]*\S)`;

const localPath = text("A file or folder of this machine; paths start at this file's folder.", {
  pattern: String.raw`\S`,
  examples: ["table.csv"],
});

const remotePath = text("An address such as https://…, or a path on `datastore`.", {
  examples: ["https://example.com/table.csv"],
});

/** `local_path`; `path` with an address; or `path` on a datastore. */
export const placeForms: readonly JsonSchema[] = [
  { allOf: [has("local_path"), hasNot("path"), hasNot("datastore")] },
  { allOf: [has("path"), has("datastore"), hasNot("local_path")] },
  {
    allOf: [has("path"), hasNot("datastore"), hasNot("local_path")],
    properties: { path: { pattern: `^(${versionPattern}|(?!azureml:|runs:|file:)${uriPattern})$` } },
  },
];

export const placeKeysA = { local_path: localPath, path: remotePath, datastore };

const sourceA = mapping(
  {
    $schema,
    ...placeKeysA,
    description,
    tags,
    ...ignoredKeys(["id", "name", "version", "arm_id", "creation_context"], filledIn),
  },
  "",
  { anyOf: placeForms },
);

export const codeA: JsonSchema = {
  ...orText(sourceA, String.raw`^(${assetPattern}|azureml:/\S+|file:\s*\S.*)$`),
  description:
    "The folder with the code. It is frozen when the job is submitted, and the command runs inside it.",
  examples: [{ local_path: "src" }],
};

export const inputsA = mapOf(
  mapping(
    {
      data: {
        ...orText(sourceA, String.raw`^(${versionPattern}|file:\s*\S.*)$`),
        description: "azureml:<name>:<version>, a local file or folder, or an address.",
        examples: [{ local_path: "table.csv" }, { path: "https://example.com/table.csv" }],
      },
      mode: word(["mount", "download"], "mount: read-only, shared; download: a copy of the job's own.", {
        default: "mount",
      }),
    },
    "",
    { required: ["data"] },
  ),
  "Data of the job. In the command, {inputs.<name>} stands for its path.",
  { propertyNames: bindingNames },
);

const literal: JsonSchema = {
  type: ["string", "number", "boolean"],
  description: "A value, which stands in the command as it is.",
};

const literalMapping = (types: readonly string[], value: string | readonly string[]): JsonSchema => {
  const given: JsonSchema = { type: value, description: "The value." };
  return mapping(
    {
      type: word(types, "Of what type the value is."),
      default: given,
      value: given,
      optional: yesOrNo("Without a value, the $[[ … ]] parts that mention it are left out of the command."),
      description,
      ...ignoredKeys(["min", "max", "enum"], anything("For components; ignored.")),
    },
    "A value with its type.",
    {
      required: ["type"],
      anyOf: [has("default"), has("value"), optional],
    },
  );
};

const mode = word(
  ["ro_mount", "rw_mount", "download", "direct", "eval_mount", "eval_download"],
  "ro_mount: read-only, shared between jobs; download: a copy of the job's own; direct: the address as it is.",
  { default: "ro_mount" },
);

const dataPath = text("A local file or folder, azureml:<name>:<version> (or @latest), or an address.", {
  pattern: anyPath,
  examples: ["table.csv", "azureml:iris:1", "https://example.com/table.csv"],
});

const dataKeys = {
  type: word(dataTypes, "What stands at the path.", { default: "uri_folder" }),
  path: dataPath,
  mode,
  description,
  optional: yesOrNo("Without a path, the $[[ … ]] parts that mention it are left out of the command."),
};

const optional: JsonSchema = {
  type: "object",
  required: ["optional"],
  properties: { optional: { enum: [true] } },
};

const dataC = mapping(dataKeys, "Data: a file or a folder.", { anyOf: [has("path"), optional] });

const datasetB: JsonSchema = {
  ...orText(mapping({ ...placeKeysA, description, tags }, "", { anyOf: placeForms }), anyPath),
  description: "Data, as the older dialects write it.",
};

const formsB = ["path", "file", "folder", "dataset", "data"];
const dataB = mapping(
  {
    ...dataKeys,
    file: { ...dataPath, description: "A file: its path or address." },
    folder: { ...dataPath, description: "A folder: its path or address." },
    dataset: datasetB,
    data: { ...datasetB, description: "The older word for dataset." },
  },
  "Data: a file or a folder.",
  {
    anyOf: [
      ...formsB.map((form) => ({
        allOf: [has(form), ...formsB.filter((other) => other !== form).map(hasNot)],
      })),
      { allOf: [optional, ...formsB.map(hasNot)] },
    ],
  },
);

const inputs = (data: JsonSchema): JsonSchema =>
  mapOf(
    {
      anyOf: [
        literal,
        onlyMapping(data),
        ...[
          literalMapping(["string"], ["string", "number", "boolean"]),
          literalMapping(["number"], "number"),
          literalMapping(["integer"], "integer"),
          literalMapping(["boolean"], "boolean"),
        ].map(onlyMapping),
      ],
    },
    "Values and data of the job. In the command, ${{inputs.<name>}} stands for the value or the path.",
    {
      propertyNames: bindingNames,
      examples: [{ rate: 0.1, table: { type: "uri_file", path: "table.csv" } }],
    },
  );

export const inputsB = inputs(dataB);
export const inputsC = inputs(dataC);

const outputKeys = {
  type: word(dataTypes, "What the job leaves there.", { default: "uri_folder" }),
  mode: word(["rw_mount", "upload", "direct"], "How it gets there.", { default: "rw_mount" }),
  path: text("Where it is kept; by default with the run's files.", {
    examples: ["azureml://datastores/workspaceblobstore/paths/models"],
  }),
  name: text("Register it under this name when the job has completed."),
  version: looseText("The version to register; the next number when left out."),
  description: unused,
};

const outputs = (keys: Record<string, JsonSchema>): JsonSchema =>
  mapOf(
    {
      ...mapping(keys, "Where the job puts something.", { anyOf: [hasNot("version"), has("name")] }),
      type: ["object", "string", "null"],
    },
    "Folders and files that the job fills. In the command, ${{outputs.<name>}} stands for the path.",
    { propertyNames: bindingNames, examples: [{ model: { type: "uri_folder" } }] },
  );

export const outputsC = outputs(outputKeys);
export const outputsB = outputs({
  ...outputKeys,
  folder: text("The older word for path."),
  file: text("The older word for path, of a file."),
});

const codeDescription =
  "The folder with the code. It is frozen when the job is submitted, and the command runs inside it.";
const codePattern = String.raw`^(${labelPattern}$|git\+\S|(?!azureml:|/subscriptions/|runs:/|[A-Za-z][A-Za-z0-9+.-]+:)[\s\S]*\S)`;

export const codeC: JsonSchema = text(codeDescription, { pattern: codePattern, examples: ["src"] });
export const codeB: JsonSchema = {
  ...orText(mapping({ local_path: localPath }, "", { required: ["local_path"] }), codePattern),
  description: codeDescription,
  examples: [{ local_path: "src" }],
};
