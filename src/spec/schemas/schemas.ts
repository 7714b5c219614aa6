// Every JSON Schema by the name of its file: written to schemas/, served under /schemas/, shipped in the package.
// That they say what the readers do is proved by agreement.test.ts, on thousands of files that were made from them.
import { dataA, dataC, environmentA, environmentC, modelA, modelC } from "./asset-schemas.ts";
import { commandJobA, commandJobB, commandJobC } from "./command-job-schema.ts";
import type { JsonSchema } from "./json-schema.ts";
import { datastoreA, datastoreC } from "./datastore-schemas.ts";
import { sweepJobA, sweepJobC } from "./sweep-job-schema.ts";
import { computeA, computeC, workspaceA, workspaceC } from "./place-schemas.ts";

/** Without a letter: dialect C, in which new files are written. */
export const schemas: Readonly<Record<string, JsonSchema>> = {
  "command-job": commandJobC,
  "command-job-a": commandJobA,
  "command-job-b": commandJobB,
  "sweep-job": sweepJobC,
  "sweep-job-a": sweepJobA,
  data: dataC,
  "data-a": dataA,
  environment: environmentC,
  "environment-a": environmentA,
  model: modelC,
  "model-a": modelA,
  datastore: datastoreC,
  "datastore-a": datastoreA,
  compute: computeC,
  "compute-a": computeA,
  workspace: workspaceC,
  "workspace-a": workspaceA,
};

export const schemaFile = (name: string): string => `${name}.schema.json`;

export const schemaText = (schema: JsonSchema): string => `${JSON.stringify(schema, null, 2)}\n`;
