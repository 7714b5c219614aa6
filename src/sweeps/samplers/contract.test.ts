// What every sampler must do, and each is tried on.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Objective, Parameters, Sampling, SearchSpace, Trial } from "../../core/sweep.ts";
import { quantile } from "./distribution.ts";
import { flattenSpace, pointOf } from "./flat-space.ts";
import { checkSearchSpace, createSampler } from "./index.ts";

const objective: Objective = { primaryMetric: "loss", goal: "minimize" };

const everyDistribution: SearchSpace = {
  kind: { type: "choice", values: ["a", 2, true, "2"] },
  layers: { type: "randint", upper: 5 },
  share: { type: "uniform", minValue: -1, maxValue: 3 },
  batch: { type: "quniform", minValue: 16, maxValue: 128, q: 16 },
  rate: { type: "loguniform", minValue: -9, maxValue: 0 },
  units: { type: "qloguniform", minValue: 0, maxValue: 6, q: 2 },
  offset: { type: "normal", mu: 10, sigma: 2 },
  steps: { type: "qnormal", mu: 0, sigma: 30, q: 5 },
  scale: { type: "lognormal", mu: 1, sigma: 0.5 },
  width: { type: "qlognormal", mu: 3, sigma: 1, q: 0.1 },
};

const nested: SearchSpace = {
  model: {
    type: "choice",
    values: [
      { model: "tree", depth: { type: "randint", upper: 9 }, seed: 3 },
      { model: "net", rate: { type: "loguniform", minValue: -7, maxValue: 0 } },
      "none",
    ],
  },
  size: { type: "choice", values: [1, 2] },
};

const finite: SearchSpace = {
  kind: { type: "choice", values: ["a", "b", "c"] },
  layers: { type: "randint", upper: 4 },
};

const samplings: Sampling[] = [
  { type: "random", seed: 11 },
  { type: "sobol", seed: 11 },
  { type: "bayesian", seed: 11 },
  { type: "grid" },
];

/** Like a loss, from whatever the parameters are. */
const lossOf = (parameters: Parameters): number =>
  Object.values(parameters).reduce<number>((sum, value) => sum + Math.log1p(Math.abs(Number(value) || 0)), 0);

const ended = (number: number, parameters: Parameters): Trial => ({
  number,
  parameters,
  state: "completed",
  values: [lossOf(parameters)],
});

/** Proposes so many trials, each after the one before has ended. */
function play(space: SearchSpace, sampling: Sampling, count: number, aim = objective): Trial[] {
  const sampler = createSampler(space, sampling, aim);
  const trials: Trial[] = [];
  for (let number = 0; number < count; number++) {
    const parameters = sampler.propose(trials, number);
    if (!parameters) break;
    trials.push(ended(number, parameters));
  }
  return trials;
}

for (const sampling of samplings) {
  const isGrid = sampling.type === "grid";
  const spaces = isGrid ? { finite } : { everyDistribution, nested, finite };

  describe(`sampler ${sampling.type}`, () => {
    for (const [name, space] of Object.entries(spaces)) {
      test(`proposes parameters of the space (${name})`, () => {
        const dimensions = flattenSpace(space);

        const trials = play(space, sampling, 25);

        assert.ok(trials.length >= 12);
        for (const { parameters } of trials) {
          assert.ok(pointOf(dimensions, parameters), JSON.stringify(parameters));
          for (const value of Object.values(parameters)) {
            assert.ok(typeof value !== "number" || (Number.isFinite(value) && !Object.is(value, -0)));
          }
        }
      });

      test(`proposes the same to the same question, in a new process too (${name})`, () => {
        const trials = play(space, sampling, 14);

        const again = trials.map(({ number }) =>
          createSampler(space, sampling, objective).propose(trials.slice(0, number).toReversed(), number),
        );

        assert.deepEqual(
          again,
          trials.map(({ parameters }) => parameters),
        );
      });
    }

    test("does not propose what is already tried or on its way while there is something new", () => {
      const sampler = createSampler(finite, sampling, objective);
      const trials: Trial[] = [];

      for (let number = 0; number < 12; number++) {
        const parameters = sampler.propose(trials, number);
        assert.ok(parameters);
        const state = number % 3 === 0 ? "running" : "completed";
        trials.push({ ...ended(number, parameters), state });
      }

      const different = new Set(trials.map(({ parameters }) => JSON.stringify(parameters))).size;
      if (isGrid || sampling.type === "bayesian") assert.equal(different, 12);
      else assert.ok(different >= 6, `${different} different of 12`);
    });

    test("bears trials of any kind: failed, canceled, without a number, of another space, all at once", () => {
      const sampler = createSampler(finite, sampling, objective);
      const states = ["waiting", "running", "completed", "failed", "canceled", "stopped"] as const;
      const values = [[], [Number.NaN], [Number.POSITIVE_INFINITY], [1e308], [-1e308], [3, 1, Number.NaN]];
      const trials = states.flatMap((state, a) =>
        values.map((value, b): Trial => {
          const number = a * values.length + b - 10;
          return { number, parameters: { kind: "abcx"[b % 4]!, layers: (a + b) % 5 }, state, values: value };
        }),
      );

      for (let number = 0; number < 6; number++) {
        const parameters = sampler.propose(trials, number);
        assert.ok(parameters && pointOf(flattenSpace(finite), parameters));
      }
    });

    test("has an answer where every parameter has one value", () => {
      const single: SearchSpace = {
        kind: { type: "choice", values: ["only"] },
        layers: { type: "randint", upper: 1 },
        ...(isGrid
          ? {}
          : {
              share: { type: "uniform", minValue: 2, maxValue: 2 },
              rate: { type: "loguniform", minValue: 0, maxValue: 0 },
              offset: { type: "normal", mu: 5, sigma: 0 },
              batch: { type: "quniform", minValue: 7, maxValue: 9, q: 8 },
            }),
      };

      const trials = play(single, sampling, 20);

      assert.equal(trials.length, isGrid ? 1 : 20);
      for (const { parameters } of trials) {
        const rest = isGrid ? {} : { share: 2, rate: 1, offset: 5, batch: 8 };
        assert.deepEqual(parameters, { kind: "only", layers: 0, ...rest });
      }
    });

    test("bears a space without parameters", () => {
      assert.deepEqual(createSampler({}, sampling, objective).propose([], 0), {});
    });

    if (isGrid) return;

    test("keeps huge and tiny bounds", () => {
      const space: SearchSpace = {
        huge: { type: "uniform", minValue: -1.7e308, maxValue: 1.7e308 },
        tiny: { type: "uniform", minValue: 1e-300, maxValue: 2e-300 },
        narrow: { type: "uniform", minValue: 1e15, maxValue: 1e15 + 2 },
        logs: { type: "loguniform", minValue: -700, maxValue: 700 },
        wide: { type: "lognormal", mu: 0, sigma: 1e4 },
      };
      const within: Record<string, [number, number]> = {
        huge: [-1.7e308, 1.7e308],
        tiny: [1e-300, 2e-300],
        narrow: [1e15, 1e15 + 2],
        logs: [Math.exp(-700), Math.exp(700)],
        wide: [0, Number.MAX_VALUE],
      };

      for (const { parameters } of play(space, sampling, 24)) {
        for (const [name, [low, high]] of Object.entries(within)) {
          const value = Number(parameters[name]);
          assert.ok(value >= low && value <= high, `${name} is ${value}`);
        }
      }
    });

    test("brings in the parameters of the chosen value, and of no other", () => {
      const names = new Set(
        play(nested, sampling, 40).map(({ parameters }) => {
          return `${String(parameters["model"])}: ${Object.keys(parameters).join(" ")}`;
        }),
      );

      assert.deepEqual([...names].sort(), [
        "net: model rate size",
        "none: model size",
        "tree: model seed depth size",
      ]);
    });

    test("maximizes what is to be large as it minimizes the opposite", () => {
      const space = finite;
      const lower = createSampler(space, sampling, objective);
      const higher = createSampler(space, sampling, { ...objective, goal: "maximize" });
      const trials = play(space, sampling, 9);

      const opposite = trials.map((trial) => ({ ...trial, values: trial.values.map((value) => -value) }));

      assert.deepEqual(higher.propose(opposite, 9), lower.propose(trials, 9));
    });

    test("differs with the seed", () => {
      const other = play(everyDistribution, { ...sampling, seed: 12 }, 3);

      assert.notDeepEqual(other, play(everyDistribution, sampling, 3));
    });
  });
}

for (const sampling of samplings.slice(0, 2)) {
  test(`sampler ${sampling.type} proposes by number alone, whatever the trials are`, () => {
    const sampler = createSampler(everyDistribution, sampling, objective);

    const trials = play(everyDistribution, sampling, 10);

    for (const { number, parameters } of trials.toReversed()) {
      assert.deepEqual(sampler.propose([], number), parameters);
    }
  });

  test(`sampler ${sampling.type} follows every distribution`, () => {
    const count = 4000;
    const sampler = createSampler(everyDistribution, sampling, objective);
    const drawn = Array.from({ length: count }, (_, number) => sampler.propose([], number)!);

    for (const dimension of flattenSpace(everyDistribution)) {
      const { name, source } = dimension;
      if ("values" in source) continue;
      const values = drawn.map((parameters) => Number(parameters[name])).sort((a, b) => a - b);
      // Kolmogorov and Smirnov's largest distance at a million to one.
      for (let p = 0.02; p < 1; p += 0.02) {
        const value = quantile(source, p);
        const below = values.filter((other) => other < value).length / count;
        const upTo = values.filter((other) => other <= value).length / count;
        const margin = 2.7 / Math.sqrt(count);
        assert.ok(below <= p + margin && upTo >= p - margin, `${name} at ${p}: ${below} to ${upTo}`);
      }
    }
    for (const value of ["a", 2, true, "2"]) {
      const share = drawn.filter(({ kind }) => kind === value).length / count;
      assert.ok(Math.abs(share - 0.25) < 0.04, `${typeof value} ${value}: ${share}`);
    }
  });
}

test("every space of these tests is found right", () => {
  for (const space of [everyDistribution, nested, finite]) {
    assert.deepEqual(checkSearchSpace(space, { type: "random", seed: 0 }), []);
  }
});
