// Hyperparameters that were learned lately: a sampler made anew for each step of a sweep need not learn them again.
import { learnHyperparameters } from "./gaussian-process.ts";
import type { Hyperparameters } from "./gaussian-process.ts";
import type { Observation } from "./observations.ts";
import { standardize } from "./outcomes.ts";

interface Learned {
  observed: readonly Observation[];
  isCategory: readonly boolean[];
  hyper: Hyperparameters;
}

/** As many sweeps as learn at a time, about. The answers are the same without. */
const mostRemembered = 16;
const lately: Learned[] = [];

export function learnFrom(observed: readonly Observation[], isCategory: readonly boolean[]): Hyperparameters {
  const index = lately.findIndex((learned) => isSame(learned, observed, isCategory));
  const [found] = index < 0 ? [] : lately.splice(index, 1);
  const learned = found ?? {
    observed,
    isCategory,
    hyper: learnHyperparameters(
      { points: observed.map(({ point }) => point), isCategory },
      standardize(observed.map(({ value }) => value)),
    ),
  };
  lately.unshift(learned);
  lately.length = Math.min(lately.length, mostRemembered);
  return learned.hyper;
}

const isSame = (
  learned: Learned,
  observed: readonly Observation[],
  isCategory: readonly boolean[],
): boolean =>
  learned.observed.length === observed.length &&
  learned.isCategory.join() === isCategory.join() &&
  learned.observed.every(
    ({ point, value }, index) =>
      value === observed[index]!.value && point.every((x, k) => x === observed[index]!.point[k]),
  );
