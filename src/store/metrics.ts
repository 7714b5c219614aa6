// Metrics: one row a point in one narrow table, one row a series with its summary.
import type { MetricKind } from "../core/metric.ts";
import { appendAllNewPoints, appendAllPoints } from "./append-points.ts";
import type { Point } from "./append-points.ts";
import { compiled } from "./prepared.ts";
import type { Db } from "./store.ts";

export interface MetricRow {
  value: unknown;
  step: number | null;
  at: number;
}

export interface SeriesSummary {
  name: string;
  kind: MetricKind;
  count: number;
  last: number | null;
  min: number | null;
  max: number | null;
  lastStep: number | null;
  updatedAt: number;
}

/** Appends points to one series; false when the name is a series of another kind. */
export const appendPoints = async (
  tx: Db,
  runSeq: number,
  name: string,
  points: readonly Point[],
): Promise<boolean> => (await appendAllPoints(tx, runSeq, new Map([[name, points]]))).length === 0;

/** The same, without the points that are there already. */
export const appendNewPoints = async (
  tx: Db,
  runSeq: number,
  name: string,
  points: readonly Point[],
): Promise<boolean> => (await appendAllNewPoints(tx, runSeq, new Map([[name, points]]))).length === 0;

/** Appends rows of any other kind; false when the name is a series of another kind. */
export async function appendRows(
  tx: Db,
  runSeq: number,
  name: string,
  kind: Exclude<MetricKind, "scalar">,
  rows: readonly MetricRow[],
): Promise<boolean> {
  const series = await seriesFor(tx, runSeq, name, kind);
  if (!series) return false;
  let idx = series.count;
  for (const row of rows) {
    await tx
      .insertInto("metric_rows")
      .values({ series: series.id, idx: idx++, value: JSON.stringify(row.value), step: row.step, at: row.at })
      .execute();
  }
  const newest = rows.at(-1)!;
  await tx
    .updateTable("metric_series")
    .set({ count: idx, last_step: newest.step, updated_at: newest.at })
    .where("id", "=", series.id)
    .execute();
  return true;
}

async function seriesFor(tx: Db, runSeq: number, name: string, kind: Exclude<MetricKind, "scalar">) {
  const known = await tx
    .selectFrom("metric_series")
    .select(["id", "kind", "count"])
    .where("run_seq", "=", runSeq)
    .where("name", "=", name)
    .executeTakeFirst();
  if (known) return known.kind === kind ? known : undefined;
  return tx
    .insertInto("metric_series")
    .values({
      run_seq: runSeq,
      name,
      kind,
      count: 0,
      last: null,
      min: null,
      max: null,
      last_step: null,
      updated_at: 0,
    })
    .returning(["id", "kind", "count"])
    .executeTakeFirstOrThrow();
}

const seriesOf = compiled((db, { runSeq }: { runSeq: number }) =>
  db
    .selectFrom("metric_series")
    .select(["name", "kind", "count", "last", "min", "max", "last_step", "updated_at"])
    .where("run_seq", "=", runSeq)
    .orderBy("name"),
);

export async function summarizeMetrics(db: Db, runSeq: number): Promise<SeriesSummary[]> {
  const rows = await seriesOf(db, { runSeq });
  return rows.map((row) => ({
    name: row.name,
    kind: row.kind as MetricKind,
    count: row.count,
    last: row.kind === "scalar" ? (row.last ?? Number.NaN) : null,
    min: row.min,
    max: row.max,
    lastStep: row.last_step,
    updatedAt: row.updated_at,
  }));
}

/** The names of what a run logged. */
export async function metricNames(db: Db, run: string): Promise<string[]> {
  const rows = await db
    .selectFrom("metric_series")
    .innerJoin("runs", "runs.seq", "metric_series.run_seq")
    .select("metric_series.name")
    .where("runs.id", "=", run)
    .orderBy("metric_series.name")
    .execute();
  return rows.map((row) => row.name);
}

export interface SeriesPage {
  kind: MetricKind;
  index: number[];
  /** Numbers (NaN too) of a scalar series, anything of the others. */
  values: unknown[];
  steps: (number | null)[];
  at: number[];
}

/** Points with an index greater than `after`, in order; undefined when nothing was logged under that name. */
export async function readSeries(
  db: Db,
  runSeq: number,
  name: string,
  page: { after: number; limit: number },
): Promise<SeriesPage | undefined> {
  const series = await db
    .selectFrom("metric_series")
    .select(["id", "kind"])
    .where("run_seq", "=", runSeq)
    .where("name", "=", name)
    .executeTakeFirst();
  if (!series) return undefined;
  const kind = series.kind as MetricKind;
  const scalar = kind === "scalar";
  const rows = await db
    .selectFrom(scalar ? "metric_points" : "metric_rows")
    .select(["idx", "value", "step", "at"])
    .where("series", "=", series.id)
    .where("idx", ">", page.after)
    .orderBy("idx")
    .limit(page.limit)
    .execute();
  return {
    kind,
    index: rows.map((row) => row.idx),
    values: rows.map((row) =>
      scalar ? (row.value ?? Number.NaN) : (JSON.parse(String(row.value)) as unknown),
    ),
    steps: rows.map((row) => row.step),
    at: rows.map((row) => row.at),
  };
}
