// How a sweep went: the best so far after each trial, and what its early ends saved.
import type { Trial } from "../../api/sweep-queries.ts";
import type { Goal } from "./points.ts";

export interface Step {
  trial: Trial & { score: number };
  at: number;
  best: number;
  isBetter: boolean;
}

/** In the order in which the trials ended; those that go on stand at `now` with their best value so far. */
export function bestSoFar(trials: readonly Trial[], goal: Goal, now: number): Step[] {
  const scored = trials
    .filter((trial): trial is Trial & { score: number } => trial.score !== null)
    .toSorted((a, b) => (a.endedAt ?? Infinity) - (b.endedAt ?? Infinity) || a.number - b.number);
  let best: number | undefined;
  return scored.map((trial) => {
    const isBetter = best === undefined || (goal === "minimize" ? trial.score < best : trial.score > best);
    best = isBetter ? trial.score : best!;
    return { trial, at: trial.endedAt ?? now, best, isBetter };
  });
}

export interface Saved {
  stopped: number;
  /** Loggings of the primary metric that stopped trials did not make. */
  intervals: number;
  /** Of what all trials would have logged: 0 to 1. */
  share: number;
  /** By the pace of each stopped trial. */
  milliseconds: number;
}

/**
 * An estimate, for nobody knows how long the stopped ones would have gone on: as long as the median of those that
 * completed. Undefined where nothing was stopped, or nothing has completed to compare with.
 */
export function savedByStopping(trials: readonly Trial[]): Saved | undefined {
  const stopped = trials.filter(({ outcome }) => outcome === "stopped");
  const whole = median(
    trials
      .filter(({ outcome, values }) => outcome === "completed" && values.length > 0)
      .map(({ values }) => values.length),
  );
  if (stopped.length === 0 || whole === undefined) return undefined;
  let intervals = 0;
  let milliseconds = 0;
  for (const { values, startedAt, endedAt } of stopped) {
    const left = Math.max(0, whole - values.length);
    intervals += left;
    if (startedAt !== null && endedAt !== null && values.length > 0)
      milliseconds += (left * (endedAt - startedAt)) / values.length;
  }
  const logged = trials.reduce((sum, { values }) => sum + values.length, 0);
  return { stopped: stopped.length, intervals, share: intervals / (logged + intervals), milliseconds };
}

function median(numbers: readonly number[]): number | undefined {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? sorted[middle]
    : sorted.length === 0
      ? undefined
      : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
