// Keys that jobs, or files of several kinds, have alike.
import {
  filledIn,
  ignoredKeys,
  looseText,
  mapOf,
  text,
  word,
  anything,
  type JsonSchema,
} from "./json-schema.ts";

export const $schema = text("For editors: where this schema is. Not looked at when the file is read.");

export const tags = mapOf(
  looseText("A text; numbers, true and false stay as written."),
  "Labels of your own.",
  {
    examples: [{ team: "vision" }],
  },
);

export const description = text("What this is, for people.");

export const jobKeys: Record<string, JsonSchema> = {
  $schema,
  name: text(
    "The job's name, which is its run's id. Made up when left out; refused when it is taken already.",
    { pattern: String.raw`^[A-Za-z0-9_][\w.-]{0,255}$`, examples: ["iris-1"] },
  ),
  experiment_name: text("Groups runs. By default the name of the folder in which the command was given.", {
    pattern: String.raw`^(?!\s)[^/\\\u0000-\u001f\u007f-\u009f]{1,255}$(?<!\s)`,
    examples: ["iris"],
  }),
  description,
  tags,
  properties: mapOf(looseText("A text."), "Like tags, but once set they stay.", {
    examples: [{ ticket: "17" }],
  }),
  environment_variables: mapOf(
    looseText("A text; placeholders in it are not filled in."),
    "Variables for the command.",
    { propertyNames: { pattern: "^[^=]+$" }, examples: [{ EPOCHS: 20, NAME: "a b" }] },
  ),
};

export const jobReadOnlyKeys = ignoredKeys(
  ["id", "status", "creation_context", "interaction_endpoints", "log_files", "parameters", "resourceGroup"],
  filledIn,
);

/** Names that stand in placeholders. */
export const bindingNames: JsonSchema = { pattern: String.raw`^\w[\w.-]{0,254}$` };

/** A compute by name, with or without `azureml:`, or as the end of a resource id. */
export const computePattern = String.raw`^(azureml:)?(/.*/)?[A-Za-z][A-Za-z0-9-]{1,31}/?$`;

const part = String.raw`\w[\w.-]*`;
/** `azureml:name:version`, or an address; `runs:/…` is a file that a job has kept. */
export const versionPattern = `(azureml:${part}:${part}|azureml:/\\S+|/subscriptions/\\S+|runs:/\\S+)`;
export const labelPattern = `(azureml:${part}[:@]${part}|azureml:/\\S+|/subscriptions/\\S+|runs:/\\S+)`;
export const assetPattern = `(azureml:${part}:${part})`;
export const anyAssetPattern = `(azureml:${part}[:@]${part})`;

export const identity = (types: readonly string[]): JsonSchema => ({
  type: ["object", "string"],
  pattern: String.raw`^file:\s*\S`,
  description: "Who the job is to the cloud. Kept, without effect on machines of your own.",
  properties: { type: word(types, "Which kind of identity.") },
  examples: [{ type: types[0] }],
});

export const datastore = text("The datastore that `path` is on: its name, or azureml:<name>.", {
  pattern: String.raw`^(azureml:)?(/.*/)?\w[\w.-]*/?$`,
  examples: ["azureml:workspaceblobstore"],
});

export const unused = anything("Has no meaning on machines of your own; ignored.");
