// Appends points to scalar series: of all series of a request at once, with what is kept of each series up to date.
import { toWireNumber } from "../core/metric.ts";
import { insertMany, prepared } from "./prepared.ts";
import type { Db } from "./store.ts";
import { sumUpWholeBuckets } from "./metric-buckets.ts";

export interface Point {
  value: number;
  step: number | null;
  at: number;
}

export interface NamedPoint extends Point {
  key: string;
}

export type PointsByName = ReadonlyMap<string, readonly Point[]>;

interface Series {
  id: number;
  name: string;
  kind: string;
  count: number;
  last: number | null;
  min: number | null;
  max: number | null;
  last_step: number | null;
  last_at: number | null;
  stepless: number;
}

const seriesNamed = prepared<Series>(
  `select id, name, kind, count, last, min, max, last_step, last_at, stepless from metric_series
   where run_seq = ? and name in (select value from json_each(?))`,
);

const saveSeries = insertMany<{ id: number; name: string }>(
  12,
  `insert into metric_series
    (run_seq, name, kind, count, last, min, max, last_step, last_at, updated_at, stepless, latest)`,
  `on conflict (run_seq, name) do update set count = excluded.count, last = excluded.last, min = excluded.min,
    max = excluded.max, last_step = excluded.last_step, last_at = excluded.last_at,
    updated_at = excluded.updated_at, stepless = excluded.stepless, latest = excluded.latest
   returning id, name`,
);

const insertPoints = insertMany<never>(5, "insert into metric_points (series, idx, value, step, at)");

/** The points at these places; the places are a JSON list of [series, at, step]. */
const pointsAt = prepared<{ series: number; at: number; step: number | null; value: number | null }>(
  `select p.series, p.at, p.step, p.value from json_each(?) as place cross join metric_points as p
   where p.series = place.value ->> 0 and p.at = place.value ->> 1 and p.step is place.value ->> 2`,
);

const knownSeries = async (tx: Db, runSeq: number, names: Iterable<string>): Promise<Map<string, Series>> =>
  new Map((await seriesNamed(tx, runSeq, JSON.stringify([...names]))).map((series) => [series.name, series]));

/** Appends to all these series; returns the names that are series of another kind, of which nothing is stored. */
export async function appendAllPoints(tx: Db, runSeq: number, points: PointsByName): Promise<string[]> {
  return append(tx, runSeq, points, await knownSeries(tx, runSeq, points.keys()));
}

/** The same, without the points that are there already: a client sends again what it got no answer to. */
export async function appendAllNewPoints(tx: Db, runSeq: number, points: PointsByName): Promise<string[]> {
  const known = await knownSeries(tx, runSeq, points.keys());
  return append(tx, runSeq, await withoutSeen(tx, points, known), known);
}

/**
 * The same for what several calls brought, each of which is stored whole or not at all. Returns for each what name in it
 * is a series of another kind, if any.
 */
export async function appendCalls(
  tx: Db,
  runSeq: number,
  calls: readonly (readonly NamedPoint[])[],
): Promise<(string | undefined)[]> {
  const names = new Set<string>();
  for (const points of calls) for (const { key } of points) names.add(key);
  const known = await knownSeries(tx, runSeq, names);
  const isWrong = ({ key }: NamedPoint) => (known.get(key)?.kind ?? "scalar") !== "scalar";
  const wrong = calls.map((points) => points.find(isWrong)?.key);
  const good = calls.filter((_, index) => wrong[index] === undefined);
  const points = Map.groupBy(good.length === 1 ? good[0]! : good.flat(), ({ key }) => key);
  await append(tx, runSeq, await withoutSeen(tx, points, known), known);
  return wrong;
}

async function withoutSeen(
  tx: Db,
  points: PointsByName,
  known: ReadonlyMap<string, Series>,
): Promise<PointsByName> {
  const seen = await readSuspects(tx, points, known);
  const fresh = new Map<string, Point[]>();
  for (const [name, list] of points) {
    const keys = seen.get(name) ?? new Set();
    const some = list.filter((point) => {
      const key = keyOf(point);
      return !keys.has(key) && keys.add(key);
    });
    if (some.length > 0) fresh.set(name, some);
  }
  return fresh;
}

const keyOf = ({ step, at, value }: Point): string => `${step} ${at} ${value}`;

/** What is there at the places of those points that may be there: the others are later than all that is. */
async function readSuspects(
  tx: Db,
  points: PointsByName,
  known: ReadonlyMap<string, Series>,
): Promise<Map<string, Set<string>>> {
  const places: [number, number, number | null][] = [];
  const nameOf = new Map<number, string>();
  for (const [name, list] of points) {
    const series = known.get(name);
    if (!series) continue;
    nameOf.set(series.id, name);
    for (const { step, at } of list) {
      const isLater =
        step !== null &&
        series.last_step !== null &&
        (step > series.last_step || (step === series.last_step && at > (series.last_at ?? 0)));
      if (!isLater) places.push([series.id, at, step]);
    }
  }
  const seen = new Map<string, Set<string>>();
  if (places.length === 0) return seen;
  for (const { series, at, step, value } of await pointsAt(tx, JSON.stringify(places))) {
    const name = nameOf.get(series)!;
    const keys = seen.get(name) ?? new Set();
    seen.set(name, keys.add(keyOf({ step, at, value: value ?? Number.NaN })));
  }
  return seen;
}

async function append(
  tx: Db,
  runSeq: number,
  points: PointsByName,
  known: ReadonlyMap<string, Series>,
): Promise<string[]> {
  const refused: string[] = [];
  const rows: unknown[][] = [];
  for (const [name, list] of points) {
    const series = known.get(name);
    if (series && series.kind !== "scalar") refused.push(name);
    else if (list.length > 0) rows.push(rowOf(runSeq, name, list, series));
  }
  const ids = new Map((await saveSeries(tx, rows)).map(({ id, name }) => [name, id]));
  const inserted: unknown[][] = [];
  for (const [name, id] of ids) {
    let idx = known.get(name)?.count ?? 0;
    for (const { value, step, at } of points.get(name)!) {
      inserted.push([id, idx++, nullWhenNaN(value), step, at]);
    }
  }
  await insertPoints(tx, inserted);
  for (const [name, id] of ids) {
    const count = known.get(name)?.count ?? 0;
    await sumUpWholeBuckets(tx, id, count, count + points.get(name)!.length);
  }
  return refused;
}

/** A series as it is after these points. */
function rowOf(
  runSeq: number,
  name: string,
  points: readonly Point[],
  series: Series | undefined,
): unknown[] {
  let latest: Point | undefined = series && {
    value: series.last ?? Number.NaN,
    step: series.last_step,
    at: series.last_at ?? 0,
  };
  let min = series?.min ?? null;
  let max = series?.max ?? null;
  let stepless = series?.stepless ?? 0;
  for (const point of points) {
    latest = latest ? later(latest, point) : point;
    if (point.step === null) stepless++;
    if (Number.isNaN(point.value)) continue;
    if (min === null || point.value < min) min = point.value;
    if (max === null || point.value > max) max = point.value;
  }
  const { value, step, at } = latest!;
  const count = (series?.count ?? 0) + points.length;
  const updatedAt = points.at(-1)!.at;
  const json = latestJson(name, value, step ?? count - 1, at);
  return [runSeq, name, "scalar", count, nullWhenNaN(value), min, max, step, at, updatedAt, stepless, json];
}

/** The latest point as searches answer it: kept, since a page of a search shows hundreds of thousands of them. */
const latestJson = (key: string, value: number, step: number, timestamp: number): string =>
  JSON.stringify({ key, value: toWireNumber(value), timestamp, step });

/** The latest of two points: the greatest by step, time and value. Without steps it is the one that came last. */
function later(known: Point, point: Point): Point {
  const difference =
    compareSteps(point.step, known.step) ||
    (point.step === null ? 0 : point.at - known.at || (point.value || 0) - (known.value || 0));
  return difference < 0 ? known : point;
}

const compareSteps = (a: number | null, b: number | null): number =>
  a === b ? 0 : (a ?? Number.NEGATIVE_INFINITY) - (b ?? Number.NEGATIVE_INFINITY);

const nullWhenNaN = (value: number): number | null => (Number.isNaN(value) ? null : value);
