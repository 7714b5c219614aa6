// Runs as points to draw: trials of a sweep, or any runs that are compared.
import type { Distribution, Sweep } from "../../../../src/core/sweep.ts";
import type { Trial } from "../../api/sweep-queries.ts";
import type { AxisKind, Value } from "./axis.ts";

export type Goal = Sweep["objective"]["goal"];
export type Mark = "done" | "stopped" | "failed" | "open";

export interface Point {
  run: string;
  label: string;
  values: Readonly<Record<string, Value>>;
  score: number | null;
  mark: Mark;
}

export function pointOf({ run, number, parameters, score, outcome }: Trial): Point {
  return {
    run,
    label: `Trial ${number}`,
    values: parameters,
    score,
    mark:
      outcome === null
        ? "open"
        : outcome === "completed"
          ? "done"
          : outcome === "stopped"
            ? "stopped"
            : "failed",
  };
}

/** How a parameter's axis is to be, by where its values come from. */
export function kindOf(distribution: Distribution | undefined): AxisKind | undefined {
  if (distribution === undefined) return undefined;
  if (distribution.type === "choice") return "category";
  return distribution.type.includes("log") ? "log" : "linear";
}

/** The names of all parameters, in the order of the search space; those that a choice brings in come last. */
export const parameterNames = (space: Sweep["searchSpace"], points: readonly Point[]): string[] => [
  ...new Set([...Object.keys(space), ...points.flatMap(({ values }) => Object.keys(values))]),
];

/** Below 0 when `a` is the better one; what has no score comes last. */
export function byScore(goal: Goal) {
  const sign = goal === "minimize" ? 1 : -1;
  return (a: { score: number | null }, b: { score: number | null }): number => {
    if (a.score === null || b.score === null) return Number(a.score === null) - Number(b.score === null);
    return sign * (a.score - b.score);
  };
}

/** 0 for the best, 1 for the poorest; by rank, so that one bad trial does not make all others look alike. */
export function ranksOf(points: readonly Point[], goal: Goal): Map<string, number> {
  const scored = points.filter(({ score }) => score !== null).toSorted(byScore(goal));
  return new Map(scored.map(({ run }, index) => [run, scored.length < 2 ? 0 : index / (scored.length - 1)]));
}
