import assert from "node:assert/strict";
import { test } from "node:test";
import { sourceText } from "../describe-job.ts";
import { isReference, isUri, parseReference } from "./reference.ts";

const run = (path: string) => ({ kind: "run", run: "happy_fox", path });

const understood: [string, unknown][] = [
  ["runs:/happy_fox/model", run("model")],
  ["runs:/happy_fox/outputs/model/", run("outputs/model")],
  ["azureml://jobs/happy_fox/outputs/artifacts/paths/outputs/model.pkl", run("outputs/model.pkl")],
  ["azureml://jobs/happy_fox/outputs/artifacts/paths/model/", run("model")],
  ["azureml://jobs/happy_fox/outputs/trained", run("named-outputs/trained")],
  ["azureml://jobs/happy_fox/outputs/trained/", run("named-outputs/trained")],
  ["azureml://jobs/happy_fox/outputs/trained/paths/a/b.bin", run("named-outputs/trained/a/b.bin")],
  ["azureml://jobs/happy_fox/outputs/trained/paths/", run("named-outputs/trained")],
  ["azureml://jobs/happy_fox/outputs/trained/a", run("named-outputs/trained/a")],
  [
    "azureml://subscriptions/s/resourcegroups/g/workspaces/w/jobs/happy_fox/outputs/artifacts/paths/model",
    run("model"),
  ],
  ["azureml://datastores/blobs/paths/a/b", { kind: "datastore", datastore: "blobs", path: "a/b" }],
  [
    "azureml://subscriptions/s/resourcegroups/g/workspaces/w/datastores/blobs/paths/a/",
    { kind: "datastore", datastore: "blobs", path: "a/" },
  ],
  ["azureml:iris:3", { kind: "asset", name: "iris", version: "3" }],
  ["azureml:iris@latest", { kind: "asset", name: "iris", label: "latest" }],
  // Models may be called as MLflow lets them.
  ["azureml:Iris, the flower:2", { kind: "asset", name: "Iris, the flower", version: "2" }],
  ["azureml:iris@home@champion", { kind: "asset", name: "iris@home", label: "champion" }],
  [
    "azureml://registries/azureml/environments/sklearn-1.5/versions/3",
    { kind: "asset", name: "sklearn-1.5", version: "3" },
  ],
];

for (const [text, reference] of understood) {
  test(`${text} is a reference`, () => {
    assert.equal(isReference(text), true);
    assert.deepEqual(parseReference(text), reference);
  });
}

const faulty: [string, RegExp][] = [
  ["runs:/happy_fox", /names no file or folder of the job "happy_fox"/],
  ["runs:/", /found "" where the name of a job stands/],
  ["runs:/happy_fox/../../etc/passwd", /without \. or \.\. parts/],
  ["azureml://jobs/happy_fox/outputs/artifacts/paths/", /names no file or folder/],
  ["azureml://jobs/happy_fox/outputs/trained/paths/../x", /without \. or \.\. parts/],
  ["azureml://datastores/blobs/paths/../x", /path "\.\.\/x"; expected one inside the datastore/],
  ["azureml://registries/mine/models/m/versions/1", /names the registry "mine"/],
  ["azureml://registries/azureml/models/m/versions/1", /reads from no registry/],
  ["azureml://nothing/of/the/kind", /found an address that is none of/],
  ["azureml:iris", /names no version/],
];

for (const [text, message] of faulty) {
  test(`${text} is refused with the reason`, () => {
    const parsed = parseReference(text);
    assert.ok("wrong" in parsed);
    assert.match(parsed.wrong, message);
  });
}

test("what is shown of a run's files reads back as the same", () => {
  for (const path of ["model", "named-outputs/trained", "named-outputs/trained/a/b", "outputs/a b/c"]) {
    const source = { kind: "run" as const, run: "happy_fox", path };
    assert.deepEqual(parseReference(sourceText(source)), source);
  }
});

test("a run's path is no URI to be downloaded", () => {
  assert.equal(isReference("https://host/a"), false);
  assert.equal(isUri("https://host/a"), true);
});
