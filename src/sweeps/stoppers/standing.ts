// How trials stand at an interval: the same few questions that every rule asks.
import type { Objective, Trial } from "../../core/sweep.ts";

export type Goal = Objective["goal"];

/** An interval is one logging of the metric; a rule is applied at some of them. */
export const isDue = (
  interval: number,
  { evaluationInterval, delayEvaluation }: { evaluationInterval: number; delayEvaluation: number },
): boolean => interval > 0 && interval % evaluationInterval === 0 && interval >= delayEvaluation;

/** The best of the first so many values; undefined where none of them is a number. */
export function bestUpTo({ values }: Trial, interval: number, goal: Goal): number | undefined {
  let best: number | undefined;
  const end = Math.min(interval, values.length);
  for (let index = 0; index < end; index++) {
    const value = values[index]!;
    if (!Number.isNaN(value) && (best === undefined || isBetter(value, best, goal))) best = value;
  }
  return best;
}

export const isBetter = (a: number, b: number, goal: Goal): boolean => (goal === "minimize" ? a < b : a > b);

/** What logged no number is worse than all that did, and no worse than its like. */
export function isWorse(a: number | undefined, b: number | undefined, goal: Goal): boolean {
  if (b === undefined) return false;
  return a === undefined || isBetter(b, a, goal);
}

/** As people read it. */
export const show = (value: number | undefined): string =>
  value === undefined ? "no number" : String(Number(value.toPrecision(6)));
