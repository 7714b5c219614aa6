// Two runs side by side: what the second did not do as the first. Times do not count. Pure.
import type { WireNumber } from "../../core/metric.ts";

export interface Series {
  kind: string;
  /** In the order they were logged. Numbers for scalars; whatever was logged for other kinds. */
  values: readonly unknown[];
  steps: readonly (number | null)[];
}

export interface RunFacts {
  name: string;
  state: string;
  params: Readonly<Record<string, string>>;
  metrics: Readonly<Record<string, Series>>;
  /** Path → SHA-256 of every output; logs are none. */
  outputs: Readonly<Record<string, string>>;
}

export interface MetricDifference {
  metric: string;
  /** In words, such as `12 of 60 values differ`. */
  what: string;
  /** The first point that differs, counted from 0; absent when a whole series is missing. */
  index?: number;
  original?: unknown;
  rerun?: unknown;
  /** Of two numbers at the same index, and where. */
  largest_difference?: WireNumber;
  largest_at?: number;
}

export interface TextDifference {
  name: string;
  original: string | null;
  rerun: string | null;
}

export interface Comparison {
  verdict: "Identical" | "Different";
  original: string;
  rerun: string;
  tolerance: number;
  state: { original: string; rerun: string; same: boolean };
  metrics: { compared: number; points: number; differences: MetricDifference[] };
  params: { compared: number; differences: TextDifference[] };
  /** Null stands for a file that one of the runs has not got. */
  outputs: {
    compared: number;
    differences: { path: string; original: string | null; rerun: string | null }[];
  };
}

export function compareRuns(original: RunFacts, rerun: RunFacts, tolerance: number): Comparison {
  const metrics = compareMetrics(original.metrics, rerun.metrics, tolerance);
  const params = compareTexts(original.params, rerun.params);
  const outputs = compareTexts(original.outputs, rerun.outputs);
  const sameState = original.state === rerun.state;
  const count = metrics.differences.length + params.differences.length + outputs.differences.length;
  return {
    verdict: sameState && count === 0 ? "Identical" : "Different",
    original: original.name,
    rerun: rerun.name,
    tolerance,
    state: { original: original.state, rerun: rerun.state, same: sameState },
    metrics,
    params,
    outputs: {
      compared: outputs.compared,
      differences: outputs.differences.map(({ name, ...hashes }) => ({ path: name, ...hashes })),
    },
  };
}

function compareMetrics(
  original: RunFacts["metrics"],
  rerun: RunFacts["metrics"],
  tolerance: number,
): Comparison["metrics"] {
  const names = namesOf(original, rerun);
  const differences = names.flatMap((metric) => {
    const [first, second] = [own(original, metric), own(rerun, metric)];
    if (!second) return [{ metric, what: "only in the original" }];
    if (!first) return [{ metric, what: "only in the rerun" }];
    return compareSeries(metric, first, second, tolerance) ?? [];
  });
  const points = names.reduce((sum, name) => sum + (own(original, name)?.values.length ?? 0), 0);
  return { compared: names.length, points, differences };
}

function compareSeries(
  metric: string,
  original: Series,
  rerun: Series,
  tolerance: number,
): MetricDifference | undefined {
  if (original.kind !== rerun.kind) {
    const what = "another kind";
    return { metric, what, original: original.kind, rerun: rerun.kind };
  }
  const shared = Math.min(original.values.length, rerun.values.length);
  let differing = 0;
  let first: number | undefined;
  let largest: { difference: number; at: number } | undefined;
  for (let index = 0; index < shared; index++) {
    const [a, b] = [original.values[index], rerun.values[index]];
    const sameStep = original.steps[index] === rerun.steps[index];
    if (sameStep && isSame(a, b, tolerance)) continue;
    differing++;
    first ??= index;
    const difference = distance(a, b);
    if (difference !== undefined && difference > (largest?.difference ?? -1))
      largest = { difference, at: index };
  }
  const sameLength = original.values.length === rerun.values.length;
  if (differing === 0 && sameLength) return undefined;
  const lengths = sameLength ? [] : [`${original.values.length} values, then ${rerun.values.length}`];
  const counted = differing === 0 ? [] : [`${differing} of ${shared} values differ`];
  const index = first ?? shared;
  return {
    metric,
    what: [...lengths, ...counted].join("; "),
    index,
    original: pointAt(original, rerun, index),
    rerun: pointAt(rerun, original, index),
    ...(largest && { largest_difference: largest.difference, largest_at: largest.at }),
  };
}

/** The value; with its step where only that tells the two apart. */
function pointAt(series: Series, other: Series, index: number): unknown {
  if (index >= series.values.length) return null;
  const value = series.values[index];
  const step = series.steps[index] ?? null;
  return index >= other.values.length || step === (other.steps[index] ?? null) ? value : { value, step };
}

/** Numbers within the tolerance, wherever they stand inside a table or a matrix; all else exactly. */
export function isSame(a: unknown, b: unknown, tolerance: number): boolean {
  if (a === b) return true;
  if (typeof a === "number" && typeof b === "number") return Math.abs(a - b) <= tolerance;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [first, second] = [Object.entries(a), Object.entries(b)];
  const others = new Map<string, unknown>(second);
  return (
    first.length === second.length &&
    first.every(([key, value]) => others.has(key) && isSame(value, others.get(key), tolerance))
  );
}

const distance = (a: unknown, b: unknown): number | undefined =>
  typeof a === "number" && typeof b === "number" ? Math.abs(a - b) : undefined;

function compareTexts(
  original: Readonly<Record<string, string>>,
  rerun: Readonly<Record<string, string>>,
): { compared: number; differences: TextDifference[] } {
  const names = namesOf(original, rerun);
  const differences = names.flatMap((name) => {
    const [a, b] = [own(original, name) ?? null, own(rerun, name) ?? null];
    return a === b ? [] : [{ name, original: a, rerun: b }];
  });
  return { compared: names.length, differences };
}

const namesOf = (a: object, b: object): string[] =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].toSorted((x, y) => (x < y ? -1 : x > y ? 1 : 0));

const own = <T>(values: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(values, name) ? values[name] : undefined;
