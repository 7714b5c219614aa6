// Rows of runs that are compared.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Run } from "../../api/run-queries.ts";
import { compareRows } from "./compare-rows.ts";
import { readCompareSearch, runsOf } from "./compare-search.ts";
import { aRun } from "./run.fixture.ts";

const withLoss = (id: string, params: Record<string, string>, loss: number): Run =>
  aRun(id, {
    params,
    metrics: [
      { name: "loss", kind: "scalar", count: 1, last: loss, min: loss, max: loss, lastStep: 0, updatedAt: 0 },
    ],
  });

test("numbers are compared as numbers, and a missing value differs from one that is there", () => {
  const rows = compareRows([
    { run: withLoss("a", { rate: "0.10", depth: "2", only: "x" }, 1), job: null },
    { run: withLoss("b", { rate: "0.1", depth: "3" }, 0.5), job: null },
  ]);
  const differs = Object.fromEntries(rows.map(({ name, differs: does }) => [name, does]));

  assert.deepEqual(
    {
      rate: differs["rate"],
      depth: differs["depth"],
      only: differs["only"],
      loss: differs["loss"],
      state: differs["state"],
    },
    { rate: false, depth: true, only: true, loss: true, state: false },
  );
  assert.deepEqual(rows.find(({ name }) => name === "loss")?.numbers, [1, 0.5]);
  assert.equal(rows[0]?.group, "Metrics");
});

test("runs stand in the address once each, whatever they are called", () => {
  assert.deepEqual(runsOf("a, b,a,,7"), ["a", "b", "7"]);
  assert.deepEqual(runsOf(42), ["42"]);
  assert.deepEqual(
    readCompareSearch({ runs: "a,b", view: "values", same: "yes", goal: "minimize", other: 1 }),
    {
      runs: "a,b",
      goal: "minimize",
    },
  );
});
