// Whole stretches of a series, summed up as soon as they are complete: a point alone costs nothing, 256 one statement.
import { prepared } from "./prepared.ts";
import type { Db } from "./store.ts";

export const pointsPerBucket = 256;

/** A number that is none, or has no end, would spoil what the others say. */
export const finite = `iif(value between -1.7976931348623157e308 and 1.7976931348623157e308, value, null)`;

const sumUp = prepared<never>(
  `insert or replace into metric_buckets
    (series, bucket, min_step, max_step, min_at, max_at, count, min, max, sum)
   select ?1, idx / ${pointsPerBucket}, min(coalesce(step, idx)), max(coalesce(step, idx)), min(at), max(at),
     count(finite), min(finite), max(finite), sum(finite)
   from (select idx, step, at, ${finite} as finite from metric_points where series = ?1 and idx >= ?2 and idx < ?3)
   group by idx / ${pointsPerBucket}`,
);

/** Whether a series that grew so has a stretch more to sum up; most have not. */
export const makesBucketWhole = (before: number, after: number): boolean =>
  Math.floor(after / pointsPerBucket) > Math.floor(before / pointsPerBucket);

/** Those that became whole when a series grew from `before` to `after` points. */
export async function sumUpWholeBuckets(
  tx: Db,
  series: number,
  before: number,
  after: number,
): Promise<void> {
  const first = Math.floor(before / pointsPerBucket) * pointsPerBucket;
  const end = Math.floor(after / pointsPerBucket) * pointsPerBucket;
  if (end > first) await sumUp(tx, series, first, end);
}
