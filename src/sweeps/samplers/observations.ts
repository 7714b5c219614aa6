// What the trials tell a sampler that learns: points with an outcome, and points that have none yet.
import type { Objective, Trial } from "../../core/sweep.ts";
import { pointOf } from "./flat-space.ts";
import type { Dimension } from "./flat-space.ts";

export interface Observation {
  point: Float64Array;
  /** To be made small, whatever the goal. */
  value: number;
}

/** In the order of the trials' numbers. Trials whose parameters are not of this space are left out. */
export function observeTrials(
  dimensions: readonly Dimension[],
  trials: readonly Trial[],
  goal: Objective["goal"],
): { observed: Observation[]; pending: Float64Array[] } {
  const known: { point: Float64Array; value: number | undefined }[] = [];
  const pending: Float64Array[] = [];
  for (const trial of trials.toSorted((a, b) => a.number - b.number)) {
    const point = pointOf(dimensions, trial.parameters);
    if (!point) continue;
    const isOpen = trial.state === "waiting" || trial.state === "running";
    if (isOpen) pending.push(point);
    else if (trial.state === "failed") known.push({ point, value: undefined });
    else {
      const value = bestOf(trial.values, goal);
      // One that a person ended before it said anything says nothing about its parameters.
      if (value !== undefined || trial.state !== "canceled") known.push({ point, value });
    }
  }
  // What failed, or never came to a number, is as bad as the worst that did not: bad enough to stay away,
  // and no outlier that would flatten all other differences.
  const worst = known.reduce((most, { value }) => Math.max(most, value ?? most), Number.NEGATIVE_INFINITY);
  const observed = Number.isFinite(worst)
    ? known.map(({ point, value }) => ({ point, value: value ?? worst }))
    : [];
  return { observed, pending };
}

function bestOf(values: readonly number[], goal: Objective["goal"]): number | undefined {
  let best: number | undefined;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    const signed = goal === "minimize" ? value : -value;
    if (best === undefined || signed < best) best = signed;
  }
  return best;
}
