// Lines of runs that belong together as one: their mean at each place, with how far they spread around it.
import type { Line } from "./curve.ts";

/** One standard deviation (of a sample) to each side, or from the least to the greatest. */
export const bands = ["deviation", "range"] as const;
export type Band = (typeof bands)[number];

/** More places than a chart has pixels are not computed. */
const mostPlaces = 1200;

/**
 * The mean of those lines that reach a place; between its points a line is straight, and it has no value before its
 * first and after its last. `min` and `max` are the band. A place that no line reaches has none of them.
 */
export function meanLine(lines: readonly Line[], band: Band): Line {
  const places = placesOf(lines);
  const values = places.map((): number[] => []);
  for (const line of lines) valuesAt(line, places, (at, value) => values[at]!.push(value));
  const spreads = values.map((some) => spreadOf(some, band));
  return {
    x: places,
    mean: spreads.map((spread) => spread?.mean ?? null),
    min: spreads.map((spread) => spread?.min ?? null),
    max: spreads.map((spread) => spread?.max ?? null),
  };
}

/** Undefined without a value. One alone has no deviation. */
export function spreadOf(
  values: readonly number[],
  band: Band,
): { mean: number; min: number; max: number } | undefined {
  if (values.length === 0) return undefined;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (band === "range") return { mean, min: Math.min(...values), max: Math.max(...values) };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / Math.max(1, values.length - 1));
  return { mean, min: mean - deviation, max: mean + deviation };
}

/** Every x of any line, in order; of very many some, with the first and the last. */
function placesOf(lines: readonly Line[]): number[] {
  const all = [...new Set(lines.flatMap(({ x }) => x))].sort((a, b) => a - b);
  if (all.length <= mostPlaces) return all;
  return Array.from(
    { length: mostPlaces },
    (_, index) => all[Math.round((index * (all.length - 1)) / (mostPlaces - 1))]!,
  );
}

/** Tells the value of a line at each of the places that it reaches. Both are in order of x. */
function valuesAt(
  { x, mean }: Line,
  places: readonly number[],
  tell: (at: number, value: number) => void,
): void {
  const known = x.flatMap((one, index) => {
    const value = mean[index];
    return value == null ? [] : [[one, value] as const];
  });
  let next = 0;
  for (const [at, place] of places.entries()) {
    while (next < known.length && known[next]![0] < place) next++;
    const after = known[next];
    if (!after) return;
    const before = known[next - 1];
    if (after[0] === place) tell(at, after[1]);
    else if (before) {
      tell(at, before[1] + ((after[1] - before[1]) * (place - before[0])) / (after[0] - before[0]));
    }
  }
}
