// Each rule by examples worked out by hand, and all of them by an independent reading on recorded learning curves.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readCurves, replay, replayPlainly, rules } from "../../../bench/replay.ts";
import type { EarlyTermination, Objective, Trial, TrialState } from "../../core/sweep.ts";
import { createStopper } from "./index.ts";

type Goal = Objective["goal"];

/** Trials by their values, running unless said otherwise. */
const some = (...curves: (readonly number[] | [TrialState, readonly number[]])[]): Trial[] =>
  curves.map((curve, number) => {
    const [state, values] =
      typeof curve[0] === "string"
        ? (curve as [TrialState, readonly number[]])
        : ["running" as const, curve as number[]];
    return { number, parameters: {}, state, values };
  });

/** The numbers of the trials that the rule would stop now. */
function stops(rule: EarlyTermination, goal: Goal, trials: readonly Trial[]): number[] {
  const stopper = createStopper(rule, { primaryMetric: "value", goal });
  const running = trials.filter(({ state }) => state === "running");
  return running.filter((trial) => stopper.shouldStop(trial, trials).stop).map(({ number }) => number);
}

const always = { evaluationInterval: 1, delayEvaluation: 0 };

describe("bandit", () => {
  const ratio: EarlyTermination = { type: "bandit", slackFactor: 0.2, ...always };
  const distance: EarlyTermination = { type: "bandit", slackAmount: 0.2, ...always };

  test("a ratio, where more is better: 0.8 / 1.2 is 0.667", () => {
    assert.deepEqual(stops(ratio, "maximize", some([0.8], [0.66], [0.67])), [1]);
  });

  test("a ratio, where less is better: 0.5 · 1.2 is 0.6", () => {
    assert.deepEqual(stops(ratio, "minimize", some([0.5], [0.61], [0.59])), [1]);
  });

  test("a distance, both ways", () => {
    assert.deepEqual(stops(distance, "maximize", some([0.8], [0.59], [0.61])), [1]);
    assert.deepEqual(stops(distance, "minimize", some([0.5], [0.71], [0.69])), [1]);
  });

  test("the best so far counts, not the newest, and the others' as they were at the same interval", () => {
    assert.deepEqual(stops(ratio, "maximize", some([0.8, 0.1], [0.7, 0.2], [0.3, 0.7])), []);
    assert.deepEqual(stops(ratio, "maximize", some([0.5, 0.5, 0.9], [0.5, 0.5])), []);
  });

  test("a negative metric does not end the best trial", () => {
    assert.deepEqual(stops(ratio, "maximize", some([-1], [-1.1], [-1.3])), [2]);
    assert.deepEqual(stops(ratio, "minimize", some([-1], [-0.9], [-0.8])), [2]);
  });

  test("a trial that logs no number is worse than any, and one alone is left in peace", () => {
    assert.deepEqual(stops(ratio, "minimize", some([Number.NaN], [5])), [0]);
    assert.deepEqual(stops(ratio, "minimize", some([Number.NaN], [Number.NaN])), []);
  });

  test("it says why", () => {
    const trials = some([0.8], [0.66]);

    const { why } = createStopper(ratio, { primaryMetric: "value", goal: "maximize" }).shouldStop(
      trials[1]!,
      trials,
    );

    assert.equal(
      why,
      "bandit: at interval 1 its best is 0.66, worse than 0.666667, which is a slack factor of 0.2 from the best, 0.8 of trial 0",
    );
  });
});

test("intervals: multiples of the evaluation interval, from the delay on", () => {
  const rule: EarlyTermination = {
    type: "bandit",
    slackAmount: 0.1,
    evaluationInterval: 2,
    delayEvaluation: 5,
  };
  const stopper = createStopper(rule, { primaryMetric: "value", goal: "maximize" });
  const at = (interval: number) => {
    const trials = some(
      Array.from({ length: interval }, () => 0),
      Array.from({ length: interval }, () => 1),
    );
    return stopper.shouldStop(trials[0]!, trials).stop;
  };

  assert.deepEqual(Array.from({ length: 11 }, (_, interval) => interval).filter(at), [6, 8, 10]);
});

describe("median stopping", () => {
  const rule: EarlyTermination = { type: "median_stopping", ...always };

  test("the best against the median of the averages: of 0.5, 0.3 and 0.2 it is 0.3", () => {
    assert.deepEqual(stops(rule, "maximize", some([0.4, 0.6], [0.25, 0.35], [0.1, 0.29], [0.3, 0.3])), [2]);
    assert.deepEqual(stops(rule, "minimize", some([0.4, 0.6], [0.25, 0.35], [0.1, 0.3])), [0]);
  });

  test("the averages are those of the same intervals", () => {
    assert.deepEqual(
      stops(rule, "maximize", some(["completed", [0.2, 0.9, 0.9]], ["completed", [0.3, 0.9]], [0.31])),
      [],
    );
  });

  test("one trial alone goes on", () => {
    assert.deepEqual(stops(rule, "minimize", some([5])), []);
  });
});

describe("truncation selection", () => {
  const rule: EarlyTermination = {
    type: "truncation_selection",
    truncationPercentage: 40,
    excludeFinishedJobs: false,
    ...always,
  };

  test("of five, 40 % are the worst two", () => {
    assert.deepEqual(stops(rule, "maximize", some([0.5], [0.1], [0.4], [0.2], [0.3])), [1, 3]);
    assert.deepEqual(stops(rule, "minimize", some([0.5], [0.1], [0.4], [0.2], [0.3])), [0, 2]);
  });

  test("of two, 40 % are nobody", () => {
    assert.deepEqual(stops(rule, "maximize", some([0.5], [0.1])), []);
  });

  test("those that are level with one that stays, stay", () => {
    assert.deepEqual(stops(rule, "maximize", some([0.5], [0.1], [0.2], [0.2], [0.3])), [1]);
  });

  test("only those count that came as far, and the finished only if wanted", () => {
    const trials = some(["completed", [0.9, 0.9]], ["stopped", [0.1]], [0.5, 0.5], [0.4, 0.4]);

    assert.deepEqual(stops(rule, "maximize", trials), [3]);
    assert.deepEqual(stops({ ...rule, excludeFinishedJobs: true }, "maximize", trials), []);
  });
});

describe("successive halving", () => {
  const rule: EarlyTermination = { type: "successive_halving", minIntervals: 2, reductionFactor: 3 };

  test("the first at a rung goes on, the next only if it is the best so far", () => {
    assert.deepEqual(stops(rule, "maximize", some([0.1, 0.2])), []);
    assert.deepEqual(stops(rule, "maximize", some([0.1, 0.2], [0.1, 0.3])), [0]);
  });

  test("of six, two go on", () => {
    const values = [0.6, 0.1, 0.5, 0.2, 0.3, 0.4];
    assert.deepEqual(stops(rule, "maximize", some(...values.map((value) => [value, 0]))), [1, 3, 4, 5]);
  });

  test("between the rungs, at 2, 6 and 18, nobody is stopped", () => {
    const stopper = createStopper(rule, { primaryMetric: "value", goal: "minimize" });
    const at = (interval: number) => {
      const trials = some(
        Array.from({ length: interval }, () => 1),
        Array.from({ length: interval }, () => 0),
      );
      return stopper.shouldStop(trials[0]!, trials).stop;
    };

    assert.deepEqual(Array.from({ length: 20 }, (_, interval) => interval).filter(at), [2, 6, 18]);
  });
});

for (const goal of ["maximize", "minimize"] as const) {
  test(`1,000 recorded learning curves end as an independent reading of the rules says, to ${goal}`, () => {
    const curves = readCurves(goal);
    assert.equal(curves.length, 1000);

    const expected = replayPlainly(curves, rules, goal);

    for (const [index, rule] of rules.entries()) {
      const stopped = replay(curves, rule, goal);
      assert.deepEqual(stopped, expected[index], JSON.stringify(rule));
      assert.ok(stopped.filter((interval) => interval > 0).length > 100, JSON.stringify(rule));
    }
  });
}
