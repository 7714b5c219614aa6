// The points of a metric by time, a page at a time, and a sample of many runs' points for a chart.
import { sql } from "kysely";
import type { Db } from "./store.ts";

export interface HistoryPoint {
  run: string;
  value: number;
  step: number;
  at: number;
}

interface PointRow {
  idx: number;
  value: number | null;
  step: number | null;
  at: number;
}

const seriesOf = async (db: Db, run: string, name: string): Promise<number | undefined> => {
  const row = await db
    .selectFrom("metric_series")
    .innerJoin("runs", "runs.seq", "metric_series.run_seq")
    .select("metric_series.id")
    .where("runs.id", "=", run)
    .where("metric_series.name", "=", name)
    .where("metric_series.kind", "=", "scalar")
    .executeTakeFirst();
  return row?.id;
};

// A point that was logged without a step has its place among the points as one.
const pointOf = (run: string, { idx, value, step, at }: PointRow): HistoryPoint => ({
  run,
  value: value ?? Number.NaN,
  step: step ?? idx,
  at,
});

/** By time, step and value; after the point that the key of the last page names. */
export async function readHistory(
  db: Db,
  run: string,
  name: string,
  page: { limit: number; after?: readonly number[] | undefined },
): Promise<{ points: HistoryPoint[]; next: number[] | undefined }> {
  const series = await seriesOf(db, run, name);
  if (series === undefined) return { points: [], next: undefined };
  const [at, step, idx] = page.after ?? [];
  const after =
    at === undefined
      ? sql`true`
      : sql`at >= ${at} and (at, coalesce(step, idx), idx) > (${at}, ${step}, ${idx})`;
  const { rows } = await sql<PointRow>`select idx, value, step, at from metric_points
    where series = ${series} and ${after} order by at, coalesce(step, idx), idx limit ${page.limit + 1}`.execute(
    db,
  );
  const shown = rows.slice(0, page.limit);
  const last = shown.at(-1);
  return {
    points: shown.map((row) => pointOf(run, row)),
    next: rows.length > shown.length && last ? [last.at, last.step ?? last.idx, last.idx] : undefined,
  };
}

export interface Interval {
  start?: number | undefined;
  end?: number | undefined;
  most: number;
}

const mostPerRun = 25_000;

/** As MLflow samples for its charts: evenly among the distinct steps, and each run's own first and last. */
export async function sampleHistory(
  db: Db,
  runs: readonly string[],
  name: string,
  interval: Interval,
): Promise<HistoryPoint[]> {
  const found = new Map<string, number>();
  for (const run of runs) {
    const series = await seriesOf(db, run, name);
    if (series !== undefined) found.set(run, series);
  }
  const ids = JSON.stringify([...found.values()]);
  const inWindow = sql`coalesce(step, idx) between ${interval.start ?? Number.MIN_SAFE_INTEGER} and ${interval.end ?? Number.MAX_SAFE_INTEGER}`;
  const { rows: distinct } = await sql<{ step: number }>`select distinct coalesce(step, idx) as step
    from metric_points where series in (select value from json_each(${ids})) and ${inWindow} order by 1`.execute(
    db,
  );
  // Where each run begins and ends is shown of every run.
  const { rows: ends } = await sql<{ first: number; last: number }>`
    select min(coalesce(step, idx)) as first, max(coalesce(step, idx)) as last
    from metric_points where series in (select value from json_each(${ids})) and ${inWindow} group by series`.execute(
    db,
  );
  const steps = new Set([
    ...sampled(
      distinct.map((row) => row.step),
      interval.most,
    ),
    ...ends.flatMap(({ first, last }) => [first, last]),
  ]);
  const points: HistoryPoint[] = [];
  for (const [run, series] of found) {
    const { rows } = await sql<PointRow>`select idx, value, step, at from metric_points
      where series = ${series} and coalesce(step, idx) in (select value from json_each(${JSON.stringify([...steps])}))
      order by coalesce(step, idx), at, value limit ${mostPerRun}`.execute(db);
    points.push(...rows.map((row) => pointOf(run, row)));
  }
  return points;
}

function sampled(steps: number[], most: number): number[] {
  if (steps.length <= most) return steps;
  const picked = Array.from(
    { length: most },
    (_, index) => steps[Math.floor((index * steps.length) / most)]!,
  );
  return [...new Set([...picked, steps.at(-1)!])];
}
