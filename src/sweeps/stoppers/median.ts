// Median stopping: gives up on a trial whose best is worse than the median of all trials' running averages.
import type { EarlyTermination } from "../../core/sweep.ts";
import type { Stopper } from "../stopper.ts";
import { bestUpTo, isDue, isWorse, show } from "./standing.ts";
import type { Goal } from "./standing.ts";

type Rule = Extract<EarlyTermination, { type: "median_stopping" }>;

export function createMedianStopper(rule: Rule, goal: Goal): Stopper {
  return {
    shouldStop(trial, trials) {
      const interval = trial.values.length;
      if (!isDue(interval, rule)) return { stop: false, why: "" };
      const averages = trials.flatMap(({ values }) => averageOf(values.slice(0, interval)));
      const median = medianOf(averages);
      const own = bestUpTo(trial, interval, goal);
      if (!isWorse(own, median, goal)) return { stop: false, why: "" };
      const why = `median stopping: at interval ${interval} its best is ${show(own)}, worse than ${show(median)}, the median of the averages of ${averages.length} trials`;
      return { stop: true, why };
    },
  };
}

/** None where there is no number. */
function averageOf(values: readonly number[]): number[] {
  const numbers = values.filter((value) => !Number.isNaN(value));
  if (numbers.length === 0) return [];
  return [numbers.reduce((sum, value) => sum + value, 0) / numbers.length];
}

function medianOf(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 || sorted.length === 0
    ? sorted[middle]
    : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
