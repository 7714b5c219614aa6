// Metrics: one row a point in one narrow table, one row a series with its summary.
import { CompiledQuery } from "kysely";
import type { MetricKind } from "../core/metric.ts";
import type { Db } from "./store.ts";

export interface Point {
  value: number;
  step: number | null;
  at: number;
}

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

/** SQLite's limit on bound values is far above this; a fixed batch keeps one prepared statement. */
const batchSize = 200;

/** Appends points to a scalar series; false when the name is a series of another kind. */
export async function appendPoints(
  tx: Db,
  runSeq: number,
  name: string,
  points: readonly Point[],
): Promise<boolean> {
  const series = await seriesFor(tx, runSeq, name, "scalar");
  if (!series) return false;
  await insertPoints(tx, series.id, series.count, points);
  const finite = points.map((point) => point.value).filter((value) => !Number.isNaN(value));
  const newest = points.at(-1)!;
  const known = { value: series.last ?? Number.NaN, step: series.last_step, at: series.last_at ?? 0 };
  const latest = series.count === 0 ? points.reduce(later) : points.reduce(later, known);
  await tx
    .updateTable("metric_series")
    .set({
      count: series.count + points.length,
      last: nullWhenNaN(latest.value),
      min: smallest(series.min, finite),
      max: largest(series.max, finite),
      last_step: latest.step,
      last_at: latest.at,
      updated_at: newest.at,
    })
    .where("id", "=", series.id)
    .execute();
  return true;
}

/** Appends those points that are not there yet: a client sends again what it got no answer to. */
export async function appendNewPoints(
  tx: Db,
  runSeq: number,
  name: string,
  points: readonly Point[],
): Promise<boolean> {
  const series = await tx
    .selectFrom("metric_series")
    .select(["id", "last_step", "last_at"])
    .where("run_seq", "=", runSeq)
    .where("name", "=", name)
    .executeTakeFirst();
  // What is later than all that is there cannot be there.
  const suspects = points.filter(
    (point) =>
      series &&
      (point.step! < (series.last_step ?? 0) ||
        (point.step === series.last_step && point.at <= (series.last_at ?? 0))),
  );
  const seen = new Set<string>();
  if (series && suspects.length > 0) {
    const times = suspects.map((point) => point.at);
    const rows = await tx
      .selectFrom("metric_points")
      .select(["value", "step", "at"])
      .where("series", "=", series.id)
      .where(
        "at",
        ">=",
        times.reduce((a, b) => Math.min(a, b)),
      )
      .where(
        "at",
        "<=",
        times.reduce((a, b) => Math.max(a, b)),
      )
      .execute();
    for (const row of rows) seen.add(`${row.step} ${row.at} ${row.value ?? Number.NaN}`);
  }
  const fresh = points.filter((point) => {
    const key = `${point.step} ${point.at} ${point.value}`;
    return !seen.has(key) && seen.add(key);
  });
  return fresh.length === 0 || appendPoints(tx, runSeq, name, fresh);
}

/** The latest of two points: the greatest by step, time and value. Without steps it is the one that came last. */
function later(known: Point, point: Point): Point {
  const difference =
    (point.step ?? Number.NEGATIVE_INFINITY) - (known.step ?? Number.NEGATIVE_INFINITY) ||
    (point.step === null ? 0 : point.at - known.at || (point.value || 0) - (known.value || 0));
  return difference < 0 ? known : point;
}

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

async function seriesFor(tx: Db, runSeq: number, name: string, kind: MetricKind) {
  const known = await tx
    .selectFrom("metric_series")
    .select(["id", "kind", "count", "min", "max", "last", "last_step", "last_at"])
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
    .returning(["id", "kind", "count", "min", "max", "last", "last_step", "last_at"])
    .executeTakeFirstOrThrow();
}

async function insertPoints(
  tx: Db,
  series: number,
  firstIdx: number,
  points: readonly Point[],
): Promise<void> {
  for (let start = 0; start < points.length; start += batchSize) {
    const batch = points.slice(start, start + batchSize);
    const values = batch.flatMap((point, offset) => [
      series,
      firstIdx + start + offset,
      nullWhenNaN(point.value),
      point.step,
      point.at,
    ]);
    await tx.executeQuery(CompiledQuery.raw(insertText(tx, batch.length), values));
  }
}

const insertTexts = new Map<number, string>();

/** The SQL for so many rows. Building it is far dearer than running it, and nearly all batches are full. */
function insertText(tx: Db, rows: number): string {
  const known = insertTexts.get(rows);
  if (known !== undefined) return known;
  const row = { series: 0, idx: 0, value: 0, step: 0, at: 0 };
  const text = tx
    .insertInto("metric_points")
    .values(Array.from({ length: rows }, () => row))
    .compile().sql;
  insertTexts.set(rows, text);
  return text;
}

const nullWhenNaN = (value: number): number | null => (Number.isNaN(value) ? null : value);
const smallest = (known: number | null, values: number[]): number | null =>
  values.reduce((least: number | null, value) => (least === null || value < least ? value : least), known);
const largest = (known: number | null, values: number[]): number | null =>
  values.reduce((most: number | null, value) => (most === null || value > most ? value : most), known);

export async function summarizeMetrics(db: Db, runSeq: number): Promise<SeriesSummary[]> {
  const rows = await db
    .selectFrom("metric_series")
    .select(["name", "kind", "count", "last", "min", "max", "last_step", "updated_at"])
    .where("run_seq", "=", runSeq)
    .orderBy("name")
    .execute();
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
