import assert from "node:assert/strict";
import { test } from "node:test";
import type { Compared } from "./compare-rows.ts";
import { groupChoices, groupRuns } from "./group-runs.ts";
import { aRun } from "./run.fixture.ts";

const run = (id: string, params: Record<string, string>, tags: Record<string, string> = {}): Compared => ({
  run: aRun(id, { params, tags }),
  job: null,
});

const compared = [
  run("a", { rate: "0.1", seed: "1", same: "x" }, { team: "red" }),
  run("b", { rate: "0.10", seed: "2", same: "x" }, { team: "red" }),
  run("c", { rate: "0.02", seed: "1", same: "x" }),
  run("d", { rate: "0.02", seed: "2", same: "x", depth: "4" }),
];

test("Offered is what makes fewer groups than there are runs, and more than one", () => {
  assert.deepEqual(
    groupChoices(compared).map(({ id }) => id),
    ["but:seed", "param:depth", "param:rate", "param:seed", "tag:team"],
  );
  assert.deepEqual(groupChoices(compared.slice(0, 1)), []);
});

test("Runs with the same number belong together, however it was logged, and so do those that lack it", () => {
  assert.deepEqual(groupRuns(compared, "param:rate"), [
    { label: "0.02", runs: ["c", "d"] },
    { label: "0.1", runs: ["a", "b"] },
  ]);
  assert.deepEqual(
    groupRuns(compared, "tag:team").map(({ label, runs }) => [label, runs.length]),
    [
      ["none", 2],
      ["red", 2],
    ],
  );
});

test("Repetitions are told by what differs besides the seed", () => {
  assert.deepEqual(groupRuns(compared, "but:seed"), [
    { label: "depth 4, rate 0.02", runs: ["d"] },
    { label: "depth none, rate 0.02", runs: ["c"] },
    { label: "depth none, rate 0.1", runs: ["a", "b"] },
  ]);
  assert.deepEqual(groupRuns(compared, "nonsense"), []);
});
