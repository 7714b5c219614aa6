// The best so far, and what early ends saved.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Trial } from "../../api/sweep-queries.ts";
import { bestSoFar, savedByStopping } from "./progress.ts";

const trial = (number: number, change: Partial<Trial>): Trial => ({
  number,
  run: `s_${number}`,
  parameters: {},
  state: "Completed",
  outcome: "completed",
  score: 1,
  latest: 1,
  values: [1, 1, 1, 1],
  startedAt: 0,
  endedAt: 1000 * (number + 1),
  ...change,
});

describe("the best so far", () => {
  it("follows the order in which trials ended, by the goal", () => {
    const trials = [
      trial(0, { score: 3, endedAt: 900 }),
      trial(1, { score: 5, endedAt: 300 }),
      trial(2, { score: null }),
    ];

    assert.deepEqual(
      bestSoFar(trials, "minimize", 0).map(({ best }) => best),
      [5, 3],
    );
    assert.deepEqual(
      bestSoFar(trials, "maximize", 0).map(({ best, isBetter }) => [best, isBetter]),
      [
        [5, true],
        [5, false],
      ],
    );
  });

  it("counts a trial that goes on, as of now", () => {
    const trials = [
      trial(0, { score: 2, outcome: null, endedAt: null, values: [] }),
      trial(1, { score: 5, endedAt: 300 }),
    ];

    assert.deepEqual(
      bestSoFar(trials, "minimize", 700).map(({ at, best }) => [at, best]),
      [
        [300, 5],
        [700, 2],
      ],
    );
  });
});

describe("what early ends saved", () => {
  it("is what stopped trials did not log, at their own pace", () => {
    const saved = savedByStopping([
      trial(0, {}),
      trial(1, { outcome: "stopped", values: [1], startedAt: 0, endedAt: 500 }),
    ])!;

    assert.deepEqual(saved, { stopped: 1, intervals: 3, share: 3 / 8, milliseconds: 1500 });
  });

  it("is not told without anything to compare with", () => {
    assert.equal(savedByStopping([trial(0, { outcome: "stopped" })]), undefined);
    assert.equal(savedByStopping([trial(0, {})]), undefined);
  });
});
