import assert from "node:assert/strict";
import { test } from "node:test";
import { functions } from "../../../bench/functions.ts";
import type { Parameters, SearchSpace, Trial } from "../../core/sweep.ts";
import { createBayesianSampler } from "./bayesian.ts";
import { createDraw } from "./draw.ts";

const objective = { primaryMetric: "loss", goal: "minimize" } as const;

/** One that always has an answer. */
function bayesian(space: SearchSpace, seed: number) {
  const sampler = createBayesianSampler(space, seed, objective);
  return {
    propose(trials: readonly Trial[], number: number): Parameters {
      const parameters = sampler.propose(trials, number);
      assert.ok(parameters);
      return parameters;
    },
  };
}

function search(space: SearchSpace, at: (parameters: Parameters, number: number) => Trial, count: number) {
  const sampler = bayesian(space, 4);
  const trials: Trial[] = [];
  for (let number = 0; number < count; number++) trials.push(at(sampler.propose(trials, number), number));
  return trials;
}

const completed = (number: number, parameters: Parameters, value: number): Trial => ({
  number,
  parameters,
  state: "completed",
  values: [value],
});

const bestOf = (trials: readonly Trial[]) => Math.min(...trials.flatMap(({ values }) => values));

test("finds the least of Branin in 40 trials, and of the mixed space", () => {
  for (const name of ["Branin", "mixed"]) {
    const { space, at, least } = functions.find((fn) => fn.name === name)!;

    const trials = search(space, (parameters, number) => completed(number, parameters, at(parameters)), 40);

    assert.ok(bestOf(trials) - least < 0.01, `${name}: ${bestOf(trials)}`);
  }
});

test("finds a good place in spite of noise", () => {
  const { space, at, least } = functions.find(({ name }) => name === "mixed")!;
  const draw = createDraw(1);
  const noise = () => 0.03 * (draw() + draw() - 1);

  const trials = search(
    space,
    (parameters, number) => completed(number, parameters, at(parameters) + noise()),
    60,
  );

  const late = trials.slice(40).map(({ parameters }) => at(parameters) - least);
  assert.ok(late.toSorted((a, b) => a - b)[10]! < 0.03, String(late));
});

test("keeps away from where trials fail, and still finds the best of the rest", () => {
  const space: SearchSpace = {
    x: { type: "uniform", minValue: 0, maxValue: 1 },
    y: { type: "uniform", minValue: 0, maxValue: 1 },
  };
  const at = (parameters: Parameters, number: number): Trial => {
    const [x, y] = [Number(parameters["x"]), Number(parameters["y"])];
    if (x > 0.6) return { number, parameters, state: "failed", values: [] };
    return completed(number, parameters, (x - 0.55) ** 2 + (y - 0.3) ** 2);
  };

  const trials = search(space, at, 40);

  assert.ok(bestOf(trials) < 1e-3, String(bestOf(trials)));
  const lateFailures = trials.slice(20).filter(({ state }) => state === "failed").length;
  assert.ok(lateFailures <= 10, `${lateFailures} of 20`);
});

test("spreads what is proposed at once", () => {
  const { space, at } = functions.find(({ name }) => name === "Branin")!;
  const trials = search(space, (parameters, number) => completed(number, parameters, at(parameters)), 12);
  const sampler = bayesian(space, 4);

  for (let number = 12; number < 20; number++) {
    trials.push({ number, parameters: sampler.propose(trials, number), state: "waiting", values: [] });
  }

  const batch = trials
    .slice(12)
    .map(({ parameters }) => [Number(parameters["x0"]), Number(parameters["x1"])]);
  for (const [index, a] of batch.entries()) {
    for (const b of batch.slice(0, index)) {
      assert.ok(Math.hypot(a[0]! - b[0]!, a[1]! - b[1]!) > 0.05, `${a.join()} and ${b.join()}`);
    }
  }
});

test("goes on from an earlier sweep's trials without a first round of its own", () => {
  const { space, at } = functions.find(({ name }) => name === "Branin")!;
  const earlier = search(
    space,
    (parameters, number) => completed(number, parameters, at(parameters)),
    25,
  ).map((trial) => ({ ...trial, number: trial.number - 25 }));

  const first = bayesian(space, 77).propose(earlier, 0);

  assert.ok(at(first) < 3, JSON.stringify(first));
});

test("takes a thousand trials, and answers from a selection of them", () => {
  const space: SearchSpace = {
    x: { type: "uniform", minValue: 0, maxValue: 1 },
    y: { type: "randint", upper: 4 },
  };
  const draw = createDraw(2);
  const trials = Array.from({ length: 1000 }, (_, number) => {
    const parameters = { x: draw(), y: Math.floor(draw() * 4) };
    return completed(number, parameters, (parameters.x - 0.7) ** 2 + parameters.y + 0.01 * draw());
  });

  const { x, y } = bayesian(space, 1).propose(trials, 1000);

  assert.equal(y, 0);
  assert.ok(Math.abs(Number(x) - 0.7) < 0.2, String(x));
});
