// One order and one hash for the points of a metric, so that two sides can tell whether theirs are the same.
import { createHash } from "node:crypto";

/** Columns of the same length: milliseconds, steps, values (NaN and infinities too). */
export interface PointColumns {
  at: number[];
  steps: number[];
  values: number[];
}

/** By time, step and value, NaN last; a point that is there twice counts once. */
export function sortPoints(points: PointColumns): PointColumns {
  const { at, steps, values } = points;
  const compare = (a: number, b: number) =>
    at[a]! - at[b]! || steps[a]! - steps[b]! || compareValues(values[a]!, values[b]!);
  let inOrder = true;
  for (let index = 1; index < at.length && inOrder; index++) inOrder = compare(index - 1, index) < 0;
  if (inOrder) return points;
  const order = at.map((_, index) => index).sort(compare);
  const kept = order.filter((one, place) => place === 0 || compare(order[place - 1]!, one) !== 0);
  return {
    at: kept.map((index) => at[index]!),
    steps: kept.map((index) => steps[index]!),
    values: kept.map((index) => values[index]!),
  };
}

function compareValues(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a < b ? -1 : Number(a > b);
}

/** The SHA-256 of the first `count` of sorted points. */
export function digestPoints(points: PointColumns, count = points.at.length): string {
  const columns = new Float64Array(count * 3);
  for (let index = 0; index < count; index++) {
    const value = points.values[index]!;
    columns[index * 3] = points.at[index]!;
    // Adding zero makes -0 a 0: the two are equal, and SQLite keeps no difference in whole numbers.
    columns[index * 3 + 1] = points.steps[index]! + 0;
    columns[index * 3 + 2] = Number.isNaN(value) ? Number.NaN : value + 0;
  }
  return createHash("sha256").update(columns).digest("hex");
}
