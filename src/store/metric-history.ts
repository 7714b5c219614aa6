// The points of a metric by time, a page at a time, and a sample of many runs' points for a chart.
import { prepared, preparedInLists } from "./prepared.ts";
import type { Db } from "./store.ts";

export interface HistoryPoint {
  run: string;
  value: number;
  step: number;
  at: number;
}

type PointRow = readonly [idx: number, value: number | null, step: number | null, at: number];

interface Series {
  id: number;
  stepless: number;
}

const seriesOf = prepared<Series>(
  `select metric_series.id, stepless from metric_series join runs on runs.seq = metric_series.run_seq
   where runs.id = ? and metric_series.name = ? and metric_series.kind = 'scalar'`,
);

// A point that was logged without a step has its place among the points as one.
const pointOf = (run: string, [idx, value, step, at]: PointRow): HistoryPoint => ({
  run,
  value: value ?? Number.NaN,
  step: step ?? idx,
  at,
});

/** The place of a point in the order: time, step, value (null for NaN, which comes first), index. */
export type HistoryKey = readonly [at: number, step: number, value: number | null, idx: number];

function pagesBy(step: string) {
  const select = "select idx, value, step, at from metric_points where series = ?1";
  const sorted = `order by at, ${step}, value, idx limit`;
  // Nulls come first in SQLite's order, and no comparison with one holds.
  const isLater = `at > ?2 or ${step} > ?3 or (value is not null and ?4 is null) or value > ?4
    or (value is ?4 and idx > ?5)`;
  return {
    first: preparedInLists<PointRow>(`${select} ${sorted} ?2`),
    later: preparedInLists<PointRow>(
      `${select} and at >= ?2 and (at > ?2 or ${step} >= ?3) and (${isLater}) ${sorted} ?6`,
    ),
  };
}
// Where every point has a step, the index is in this order and a page is read off it.
const pagesWithSteps = pagesBy("step");
const pagesWithout = pagesBy("coalesce(step, idx)");

/** By time, step and value; after the point that the key of the last page names. */
export async function readHistory(
  db: Db,
  run: string,
  name: string,
  page: { limit: number; after?: HistoryKey | undefined },
): Promise<{ points: HistoryPoint[]; next: HistoryKey | undefined }> {
  const [series] = await seriesOf(db, run, name);
  if (series === undefined) return { points: [], next: undefined };
  const read = series.stepless === 0 ? pagesWithSteps : pagesWithout;
  const rows = page.after
    ? await read.later(db, series.id, ...page.after, page.limit + 1)
    : await read.first(db, series.id, page.limit + 1);
  const hasMore = rows.length > page.limit;
  if (hasMore) rows.pop();
  const [idx = 0, value = null, step = null, at = 0] = rows.at(-1) ?? [];
  return {
    points: rows.map((row) => pointOf(run, row)),
    next: hasMore ? [at, step ?? idx, value, idx] : undefined,
  };
}

export interface Interval {
  start?: number | undefined;
  end?: number | undefined;
  most: number;
}

// All steps of a series as one text: a hundred thousand rows would take several times as long.
const stepsOf = prepared<{ steps: string | null }>(
  `select group_concat(cast(coalesce(step, idx) as integer)) as steps
   from (select step, idx from metric_points where series = ? order by idx)`,
);
const pointsAt = preparedInLists<PointRow>(
  `select idx, value, step, at from metric_points
   where series = ? and idx in (select value from json_each(?))
   order by coalesce(step, idx), at, value`,
);

/** As MLflow samples for its charts: of each run by itself, evenly among its points by step, the first and the last. */
export async function sampleHistory(
  db: Db,
  runs: readonly string[],
  name: string,
  { start = Number.MIN_SAFE_INTEGER, end = Number.MAX_SAFE_INTEGER, most }: Interval,
): Promise<HistoryPoint[]> {
  const points: HistoryPoint[] = [];
  for (const run of new Set(runs)) {
    const [series] = await seriesOf(db, run, name);
    if (series === undefined) continue;
    const [row] = await stepsOf(db, series.id);
    const steps = JSON.parse(`[${row?.steps ?? ""}]`) as number[];
    const indexes: number[] = [];
    for (let index = 0; index < steps.length; index++) {
      if (steps[index]! >= start && steps[index]! <= end) indexes.push(index);
    }
    const wanted = evenly(byStep(indexes, steps), most);
    const rows = await pointsAt(db, series.id, JSON.stringify(wanted));
    points.push(...rows.map((point) => pointOf(run, point)));
  }
  return points;
}

function byStep(indexes: number[], steps: readonly number[]): number[] {
  // What most runs log is in this order.
  const isSorted = indexes.every(
    (index, place) => place === 0 || steps[indexes[place - 1]!]! <= steps[index]!,
  );
  return isSorted ? indexes : indexes.toSorted((a, b) => steps[a]! - steps[b]! || a - b);
}

/** The first of each of `most` parts that are as long as can be, the last at the end in place of its part's. */
function evenly(sorted: number[], most: number): number[] {
  if (sorted.length <= most) return sorted;
  const length = Math.floor(sorted.length / most);
  const longer = sorted.length % most;
  const picked = Array.from(
    { length: most - 1 },
    (_, part) => sorted[part * length + Math.min(part, longer)]!,
  );
  return [...picked, sorted.at(-1)!];
}
