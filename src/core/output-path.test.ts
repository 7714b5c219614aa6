import assert from "node:assert/strict";
import { test } from "node:test";
import { fillOutputPath } from "./output-path.ts";

const of = { run: "happy_fox", output: "model" };

for (const [path, filled] of [
  [
    "azureml://datastores/${{default_datastore}}/paths/azureml/${{name}}/${{ output_name }}/",
    "azureml://datastores/workspaceblobstore/paths/azureml/happy_fox/model/",
  ],
  ["azureml://datastores/a/paths/${{name}}/${{name}}", "azureml://datastores/a/paths/happy_fox/happy_fox"],
  ["azureml://datastores/a/paths/$name/{{name}}", "azureml://datastores/a/paths/$name/{{name}}"],
  ["azureml://datastores/a/paths/${{constructor}}", "azureml://datastores/a/paths/${{constructor}}"],
] as const) {
  test(`an output's path ${path} becomes ${filled}`, () => assert.equal(fillOutputPath(path, of), filled));
}
