import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compareRuns, type RunFacts } from "./compare-runs.ts";

const aRun = (facts: Partial<RunFacts> = {}): RunFacts => ({
  name: "run",
  state: "Completed",
  params: {},
  metrics: {},
  outputs: {},
  ...facts,
});
const scalars = (values: readonly unknown[], steps: readonly (number | null)[] = values.map(() => null)) => ({
  kind: "scalar",
  values,
  steps,
});
const metricsOf = (first: RunFacts["metrics"], second: RunFacts["metrics"], tolerance = 0) =>
  compareRuns(aRun({ metrics: first }), aRun({ metrics: second }), tolerance).metrics.differences;

describe("comparing two runs", () => {
  it("finds two runs identical that logged the same, whatever their names", () => {
    const facts = { metrics: { loss: scalars([0.5, "NaN"]) }, params: { a: "1" }, outputs: { "o/m": "aa" } };

    const result = compareRuns(aRun(facts), aRun({ ...facts, name: "again" }), 0);

    assert.equal(result.verdict, "Identical");
    assert.deepEqual(result.metrics, { compared: 1, points: 2, differences: [] });
  });

  it("names the metric, the first index, both values and the largest difference", () => {
    assert.deepEqual(metricsOf({ loss: scalars([1, 2, 3, 4]) }, { loss: scalars([1, 2.25, 3, 3]) }), [
      {
        metric: "loss",
        what: "2 of 4 values differ",
        index: 1,
        original: 2,
        rerun: 2.25,
        largest_difference: 1,
        largest_at: 3,
      },
    ]);
  });

  it("lets numbers differ by the tolerance and no more, inside tables too", () => {
    const table = (cell: number) => ({ kind: "table", values: [{ row: [1, cell] }], steps: [null] });
    const before = { a: scalars([1]), b: table(1) };
    const after = { a: scalars([1.5]), b: table(1.5) };

    assert.deepEqual(metricsOf(before, after, 0.5), []);
    assert.deepEqual(
      metricsOf(before, after, 0.25).map(({ metric }) => metric),
      ["a", "b"],
    );
  });

  it("tells values that are missing, whole series that are missing, and other steps", () => {
    const differences = metricsOf(
      { short: scalars([1, 2]), gone: scalars([1]), steps: scalars([1], [1]) },
      { short: scalars([1]), fresh: scalars([1]), steps: scalars([1], [2]) },
    );

    assert.deepEqual(differences, [
      { metric: "fresh", what: "only in the rerun" },
      { metric: "gone", what: "only in the original" },
      { metric: "short", what: "2 values, then 1", index: 1, original: 2, rerun: null },
      {
        metric: "steps",
        what: "1 of 1 values differ",
        index: 0,
        original: { value: 1, step: 1 },
        rerun: { value: 1, step: 2 },
        largest_difference: 0,
        largest_at: 0,
      },
    ]);
  });

  it("does not take NaN for a number, nor an infinity for another", () => {
    assert.deepEqual(metricsOf({ a: scalars(["NaN"]) }, { a: scalars(["NaN"]) }), []);
    assert.equal(metricsOf({ a: scalars(["Infinity"]) }, { a: scalars(["-Infinity"]) }, 1e9).length, 1);
    assert.equal(metricsOf({ a: scalars(["NaN"]) }, { a: scalars([0]) }, 1e9).length, 1);
  });

  it("compares the state, params, and outputs by their hashes", () => {
    const result = compareRuns(
      aRun({ params: { seed: "1", same: "x" }, outputs: { a: "11", gone: "22" } }),
      aRun({ state: "Failed", params: { seed: "2", same: "x" }, outputs: { a: "33", fresh: "44" } }),
      0,
    );

    assert.equal(result.verdict, "Different");
    assert.equal(result.state.same, false);
    assert.deepEqual(result.params.differences, [{ name: "seed", original: "1", rerun: "2" }]);
    assert.deepEqual(result.outputs.differences, [
      { path: "a", original: "11", rerun: "33" },
      { path: "fresh", original: null, rerun: "44" },
      { path: "gone", original: "22", rerun: null },
    ]);
  });
});
