// Learns from the trials: a Gaussian process guesses the outcome of any parameters, and what promises the most
// improvement is tried next. docs/decisions/bayesian.md says what was chosen and why.
import type { Objective, Parameters, SearchSpace, Trial } from "../../core/sweep.ts";
import type { Sampler } from "../sampler.ts";
import { createDraw } from "./draw.ts";
import { flattenSpace, parametersAt, snap } from "./flat-space.ts";
import { GaussianProcess } from "./gaussian-process.ts";
import type { Hyperparameters } from "./gaussian-process.ts";
import { learnFrom } from "./learned.ts";
import { observeTrials } from "./observations.ts";
import type { Observation } from "./observations.ts";
import { standardize } from "./outcomes.ts";
import { searchImprovement } from "./search-improvement.ts";
import { sobolPoint } from "./sobol-points.ts";

/** Up to here each trial counts for what is learned; then every fifth. */
const fewTrials = 20;
/** Time grows with the cube of these: past them a selection of the trials speaks for all. */
const mostLearnedFrom = 150;
const mostBelieved = 300;

export function createBayesianSampler(space: SearchSpace, seed: number, { goal }: Objective): Sampler {
  const dimensions = flattenSpace(space);
  const isCategory = dimensions.map(({ source }) => "values" in source);
  const initial = Math.max(8, 2 * dimensions.length);

  function propose(trials: readonly Trial[], number: number): Parameters {
    const { observed, pending } = observeTrials(dimensions, trials, goal);
    const taken = new Set([...observed.map(({ point }) => point), ...pending].map(String));
    const isNew = (point: Float64Array) => !taken.has(String(point));
    const enough = number < initial ? initial : initial / 2;
    const points = observed.length < enough ? spread(number, isNew) : promising(observed, pending, number);
    return parametersAt(dimensions, points.find(isNew) ?? points[0]!);
  }

  /** The points of a Sobol sequence, and others by chance where the space has too few for that. */
  function spread(number: number, isNew: (point: Float64Array) => boolean): Float64Array[] {
    const first = sobolPoint(dimensions.length, seed, number);
    snap(dimensions, first);
    if (isNew(first)) return [first];
    const draw = createDraw(seed, number);
    const others = Array.from({ length: 100 }, () => Float64Array.from(dimensions, draw));
    for (const point of others) snap(dimensions, point);
    return [first, ...others];
  }

  function promising(all: readonly Observation[], pending: readonly Float64Array[], number: number) {
    const hyper = learn(all);
    const observed = selectSome(all, mostBelieved);
    const points = observed.map(({ point }) => point);
    const values = standardize(observed.map(({ value }) => value));
    const process = new GaussianProcess({ points: [...points, ...pending], isCategory }, values, hyper);
    // By what is believed of them, not by what they said: of noisy trials the best is a lucky one. What is on its
    // way is believed to come out at the mean, so that to reach that again is no improvement.
    const believed = [...points, ...pending].map((point) => process.predict(point).mean);
    const order = Array.from(values.keys()).sort((a, b) => believed[a]! - believed[b]!);
    return searchImprovement({
      dimensions,
      process,
      best: Math.min(...believed),
      incumbents: order.slice(0, 4).map((index) => points[index]!),
      lengths: hyper.weights.map((weight) => 1 / Math.sqrt(weight)),
      draw: createDraw(seed, number),
    });
  }

  /** Learning costs the most and changes little from one trial to the next. */
  function learn(all: readonly Observation[]): Hyperparameters {
    const count = all.length < fewTrials ? all.length : all.length - (all.length % 5);
    return learnFrom(selectSome(all.slice(0, count), mostLearnedFrom), isCategory);
  }

  return { propose };
}

/** The best, the latest, and of the others some from the whole history; in the order they came. */
function selectSome(all: readonly Observation[], most: number): readonly Observation[] {
  if (all.length <= most) return all;
  const third = Math.floor(most / 3);
  const byValue = Array.from(all.keys()).sort((a, b) => all[a]!.value - all[b]!.value);
  const kept = new Set([...byValue.slice(0, third), ...all.keys().drop(all.length - third)]);
  const others = Array.from(all.keys()).filter((index) => !kept.has(index));
  const room = most - kept.size;
  for (let k = 0; k < room; k++) kept.add(others[Math.floor((k * others.length) / room)]!);
  return all.filter((_, index) => kept.has(index));
}
