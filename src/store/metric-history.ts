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

const mostPerRun = 25_000;

// All steps of a series as one text: a hundred thousand rows would take several times as long.
const stepsOf = prepared<{ steps: string | null }>(
  `select group_concat(cast(coalesce(step, idx) as integer)) as steps
   from (select step, idx from metric_points where series = ? order by idx)`,
);
const pointsAt = preparedInLists<PointRow>(
  `select idx, value, step, at from metric_points
   where series = ? and idx in (select value from json_each(?))
   order by coalesce(step, idx), at, value limit ?`,
);

/** As MLflow samples for its charts: evenly among the distinct steps, and each run's own first and last. */
export async function sampleHistory(
  db: Db,
  runs: readonly string[],
  name: string,
  { start = Number.MIN_SAFE_INTEGER, end = Number.MAX_SAFE_INTEGER, most }: Interval,
): Promise<HistoryPoint[]> {
  const found: { run: string; series: number; steps: number[] }[] = [];
  for (const run of new Set(runs)) {
    const [series] = await seriesOf(db, run, name);
    if (series === undefined) continue;
    const [row] = await stepsOf(db, series.id);
    found.push({ run, series: series.id, steps: JSON.parse(`[${row?.steps ?? ""}]`) as number[] });
  }
  const distinct = sortedSteps(found.map(({ steps }) => steps));
  const wanted = new Set(sampled(stepsWithin(distinct, start, end), most));
  // Where each run begins and ends is shown of every run.
  for (const { steps } of found) {
    const [first, last] = endsWithin(steps, start, end);
    if (first <= last) wanted.add(first).add(last);
  }
  const points: HistoryPoint[] = [];
  for (const { run, series, steps } of found) {
    const indexes: number[] = [];
    for (let index = 0; index < steps.length; index++) if (wanted.has(steps[index]!)) indexes.push(index);
    const rows = await pointsAt(db, series, JSON.stringify(indexes), mostPerRun);
    points.push(...rows.map((row) => pointOf(run, row)));
  }
  return points;
}

const stepsWithin = (sorted: number[], start: number, end: number): number[] => {
  const first = sorted.findIndex((step) => step >= start);
  return first < 0 ? [] : sorted.slice(first, sorted.findLastIndex((step) => step <= end) + 1);
};

/** The least and the greatest step in the window; a pair in the wrong order when there is none. */
function endsWithin(steps: readonly number[], start: number, end: number): [number, number] {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const step of steps) {
    if (step < start || step > end) continue;
    if (step < first) first = step;
    if (step > last) last = step;
  }
  return [first, last];
}

/** The steps of all lists, each once, in order. */
function sortedSteps(lists: readonly number[][]): number[] {
  const [only] = lists;
  // What most runs log needs neither.
  const isSorted =
    lists.length === 1 && only!.every((step, index) => index === 0 || step > only![index - 1]!);
  return isSorted ? only! : [...new Set(lists.flat())].toSorted((a, b) => a - b);
}

function sampled(steps: number[], most: number): number[] {
  if (steps.length <= most) return steps;
  const picked = Array.from(
    { length: most - 1 },
    (_, index) => steps[Math.floor((index * steps.length) / most)]!,
  );
  return [...picked, steps.at(-1)!];
}
