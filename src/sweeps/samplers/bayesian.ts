// Learns from the trials: a Gaussian process guesses the outcome of any parameters, and the guess that promises
// the most improvement is tried next.
import type { Objective, Parameters, SearchSpace, Trial } from "../../core/sweep.ts";
import type { Sampler } from "../sampler.ts";
import { createDraw } from "./draw.ts";
import { flattenSpace, parametersAt, pointOf } from "./flat-space.ts";
import type { Dimension } from "./flat-space.ts";
import { GaussianProcess, learnHyperparameters } from "./gaussian-process.ts";
import type { Hyperparameters } from "./gaussian-process.ts";
import { standardize } from "./outcomes.ts";
import { searchImprovement } from "./search-improvement.ts";
import { sobolPoint } from "./sobol-points.ts";

/** Up to here each trial counts for what is learned; then every fifth. */
const fewTrials = 20;

export function createBayesianSampler(space: SearchSpace, seed: number, { goal }: Objective): Sampler {
  const dimensions = flattenSpace(space);
  const initial = Math.max(8, 2 * dimensions.length);

  let known: { observed: Seen["observed"]; hyper: Hyperparameters } | undefined;
  const isCategory = dimensions.map(({ source }) => "values" in source);

  /** Learning costs the most and changes little from one trial to the next, so it counts trials in fives. */
  function learn(all: Seen["observed"]): Hyperparameters {
    const count = all.length < fewTrials ? all.length : all.length - (all.length % 5);
    const observed = all.slice(0, count);
    if (known && isSame(known.observed, observed)) return known.hyper;
    const points = observed.map(({ point }) => point);
    const hyper = learnHyperparameters(
      { points, isCategory },
      standardize(observed.map(({ value }) => value)),
    );
    known = { observed, hyper };
    return hyper;
  }

  function propose(trials: readonly Trial[], number: number): Parameters {
    const seen = observe(dimensions, trials, goal);
    if (seen.observed.length < Math.min(initial, number + 1) || seen.observed.length < 3) {
      return parametersAt(dimensions, sobolPoint(dimensions.length, seed, number));
    }
    const points = seen.observed.map(({ point }) => point);
    const values = standardize(seen.observed.map(({ value }) => value));
    const hyper = learn(seen.observed);
    const process = new GaussianProcess({ points: [...points, ...seen.pending], isCategory }, values, hyper);
    const order = Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!);
    const found = searchImprovement({
      dimensions,
      process,
      best: Math.min(...values),
      incumbents: order.slice(0, 4).map((index) => points[index]!),
      lengths: hyper.weights.map((weight) => 1 / Math.sqrt(weight)),
      draw: createDraw(seed, number),
    });
    const taken = new Set([...points, ...seen.pending].map(String));
    return parametersAt(dimensions, found.find((point) => !taken.has(String(point))) ?? found[0]!);
  }
  return { propose };
}

interface Seen {
  observed: { point: Float64Array; value: number }[];
  pending: Float64Array[];
}

function observe(dimensions: readonly Dimension[], trials: readonly Trial[], goal: Objective["goal"]): Seen {
  const seen: Seen = { observed: [], pending: [] };
  const failed: Float64Array[] = [];
  for (const trial of trials.toSorted((a, b) => a.number - b.number)) {
    const point = pointOf(dimensions, trial.parameters);
    if (!point) continue;
    if (trial.state === "waiting" || trial.state === "running") {
      seen.pending.push(point);
      continue;
    }
    const signed = trial.values
      .filter(Number.isFinite)
      .map((value) => (goal === "minimize" ? value : -value));
    if (trial.state === "failed" || (signed.length === 0 && trial.state !== "canceled")) failed.push(point);
    else if (signed.length > 0) seen.observed.push({ point, value: signed.reduce((a, b) => Math.min(a, b)) });
  }
  const worst = seen.observed.reduce((a, { value }) => Math.max(a, value), Number.NEGATIVE_INFINITY);
  if (Number.isFinite(worst)) seen.observed.push(...failed.map((point) => ({ point, value: worst })));
  return seen;
}

const isSame = (a: Seen["observed"], b: Seen["observed"]): boolean =>
  a.length === b.length &&
  a.every(
    ({ point, value }, index) => value === b[index]!.value && point.every((x, k) => x === b[index]!.point[k]),
  );
