import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseFiles, outputNames } from "./choose-files.ts";
import type { Choice } from "./choose-files.ts";

const artifacts = [
  "azureml-logs/70_driver_log.txt",
  "user_logs/std_log.txt",
  "logs/events.out",
  "model/MLmodel",
  "named-outputs/table/part.csv",
  "named-outputs/table2/part.csv",
  "outputs/model.pkl",
].map((path) => ({ path, sizeBytes: 1, hash: null, growing: false, createdAt: 0, aliasOf: null }));

const targets = (choice: Partial<Choice>, from = artifacts) =>
  chooseFiles(from, { job: "job", dialect: "A", all: false, ...choice }).map(({ target }) => target);

test("of a job of dialect A the logs, in a folder named after it", () => {
  assert.deepEqual(targets({}), [
    "job/azureml-logs/70_driver_log.txt",
    "job/user_logs/std_log.txt",
    "job/logs/events.out",
  ]);
});

test("of a job of dialect A everything with --outputs", () => {
  assert.equal(targets({ all: true }).length, artifacts.length);
  assert.ok(targets({ all: true }).includes("job/model/MLmodel"));
});

test("of a job of dialect C the default artifacts", () => {
  assert.deepEqual(targets({ dialect: "C" }), [
    "artifacts/azureml-logs/70_driver_log.txt",
    "artifacts/user_logs/std_log.txt",
    "artifacts/logs/events.out",
    "artifacts/model/MLmodel",
    "artifacts/outputs/model.pkl",
  ]);
});

test("of a job of dialect C the named outputs too with --all", () => {
  assert.ok(targets({ dialect: "C", all: true }).includes("named-outputs/table/part.csv"));
});

test("one named output, and no other whose name begins with the same letters", () => {
  assert.deepEqual(targets({ dialect: "C", outputName: "table" }), ["named-outputs/table/part.csv"]);
});

test("a path that leads out of the folder is left out, whatever a server says", () => {
  const evil = ["../up", "/etc/passwd", "a/../../b", "a\\..\\b"].map((path) => ({ ...artifacts[0]!, path }));

  assert.deepEqual(targets({ all: true }, evil), []);
});

test("the names of outputs are known for the error message", () => {
  assert.deepEqual(outputNames(artifacts), ["default", "table", "table2"]);
});
