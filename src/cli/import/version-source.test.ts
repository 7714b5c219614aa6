import assert from "node:assert/strict";
import { it } from "node:test";
import type { SourceVersion } from "./source.ts";
import { placeVersion } from "./version-source.ts";

const version = (source: string, run = ""): SourceVersion => ({
  version: 1,
  source,
  run,
  model: "",
  description: "",
  stage: "None",
  tags: [],
});
const runIds = new Map([["aaaa", "bbbb"]]);
const model = `m-${"0".repeat(32)}`;

it("Addresses of runs and logged models become words that mean the same here", () => {
  for (const [source, placed] of [
    ["runs:/aaaa/model", "runs:/bbbb/model"],
    ["file:///old/mlruns/1/aaaa/artifacts/my%20model", "runs:/bbbb/my model"],
    ["/old/mlruns/1/aaaa/artifacts/model/", "runs:/bbbb/model"],
    ["mlflow-artifacts:/1/aaaa/artifacts/model", "runs:/bbbb/model"],
    ["s3://bucket/1/aaaa/artifacts/model", "runs:/bbbb/model"],
    [`models:/${model}`, `models:/${model}`],
    [`/old/mlruns/1/models/${model}/artifacts`, `models:/${model}`],
    ["models:/other/3", "models:/other/3"],
    ["s3://bucket/elsewhere", "s3://bucket/elsewhere"],
  ] as const) {
    assert.equal(placeVersion(version(source), runIds), placed);
  }
});

it("What belongs to no run that was moved is refused, and says why", () => {
  assert.throws(() => placeVersion(version("/home/me/model"), runIds), /belongs to no run that was moved/);
  assert.throws(() => placeVersion(version("runs:/cccc/model"), runIds), /its run cccc was not moved/);
  assert.throws(
    () => placeVersion(version("/x/cccc/artifacts/m", "cccc"), runIds),
    /its run cccc was not moved/,
  );
});
