// Appends points to scalar series: of all series of a request at once, with what is kept of each series up to date.
import { toWireNumber } from "../core/metric.ts";
import { prepared, preparedForEach, preparedInLists } from "./prepared.ts";
import type { Db } from "./store.ts";
import { makesBucketWhole, sumUpWholeBuckets } from "./metric-buckets.ts";

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
  kind: string;
  count: number;
  last: number | null;
  min: number | null;
  max: number | null;
  lastStep: number | null;
  lastAt: number | null;
  stepless: number;
}

type SeriesRow = readonly [
  ...[id: number, name: string, kind: string, count: number],
  ...[last: number | null, min: number | null, max: number | null],
  ...[lastStep: number | null, lastAt: number | null, stepless: number],
];

const seriesNamed = preparedInLists<SeriesRow>(
  `select id, name, kind, count, last, min, max, last_step, last_at, stepless from metric_series
   where run_seq = ? and name in (select value from json_each(?))`,
);

const insertSeries = preparedForEach<{ id: number }>(
  `insert into metric_series
    (count, last, min, max, last_step, last_at, updated_at, stepless, latest, run_seq, name, kind)
   values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'scalar') returning id`,
);

const updateSeries = preparedForEach<never>(
  `update metric_series set count = ?, last = ?, min = ?, max = ?, last_step = ?, last_at = ?, updated_at = ?,
    stepless = ?, latest = ? where id = ?`,
);

const insertPoints = preparedForEach<never>(
  "insert into metric_points (series, idx, value, step, at) values (?, ?, ?, ?, ?)",
);

/** The points at these places; the places are a JSON list of [series, at, step]. */
const pointsAt = prepared<{ series: number; at: number; step: number | null; value: number | null }>(
  `select p.series, p.at, p.step, p.value from json_each(?) as place cross join metric_points as p
   where p.series = place.value ->> 0 and p.at = place.value ->> 1 and p.step is place.value ->> 2`,
);

const knownSeries = async (tx: Db, runSeq: number, names: Iterable<string>): Promise<Map<string, Series>> =>
  new Map(
    (await seriesNamed(tx, runSeq, JSON.stringify([...names]))).map(
      ([id, name, kind, count, last, min, max, lastStep, lastAt, stepless]) => [
        name,
        { id, kind, count, last, min, max, lastStep, lastAt, stepless },
      ],
    ),
  );

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

/** The points that are not there yet, each once. */
async function withoutSeen(
  tx: Db,
  points: PointsByName,
  known: ReadonlyMap<string, Series>,
): Promise<PointsByName> {
  const suspects = [...points].filter(([name, list]) => !goesOn(known.get(name), list));
  if (suspects.length === 0) return points;
  const seen = await readSeen(tx, suspects, known);
  const fresh = new Map(points);
  for (const [name, list] of suspects) {
    const keys = seen.get(name) ?? new Set();
    const some = list.filter((point) => {
      const key = keyOf(point);
      return !keys.has(key) && keys.add(key);
    });
    fresh.set(name, some);
  }
  return fresh;
}

/** Whether each of these points is later than the one before it, and the first than all that are there. */
function goesOn(series: Series | undefined, points: readonly Point[]): boolean {
  let step = series ? (series.lastStep ?? Number.POSITIVE_INFINITY) : Number.NEGATIVE_INFINITY;
  let at = series?.lastAt ?? 0;
  for (const point of points) {
    if (point.step === null || point.step < step || (point.step === step && point.at <= at)) return false;
    step = point.step;
    at = point.at;
  }
  return true;
}

const isLater = ({ lastStep, lastAt }: Series, { step, at }: Point): boolean =>
  step !== null && lastStep !== null && (step > lastStep || (step === lastStep && at > (lastAt ?? 0)));

const keyOf = ({ step, at, value }: Point): string => `${step} ${at} ${value}`;

/** What is there at the places of these points. */
async function readSeen(
  tx: Db,
  points: readonly (readonly [string, readonly Point[]])[],
  known: ReadonlyMap<string, Series>,
): Promise<Map<string, Set<string>>> {
  const places: [number, number, number | null][] = [];
  const nameOf = new Map<number, string>();
  for (const [name, list] of points) {
    const series = known.get(name);
    if (!series) continue;
    nameOf.set(series.id, name);
    for (const point of list) {
      if (!isLater(series, point)) places.push([series.id, point.at, point.step]);
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
  const grown: { id: number; count: number; list: readonly Point[] }[] = [];
  const fresh: { name: string; list: readonly Point[] }[] = [];
  const updates: unknown[][] = [];
  for (const [name, list] of points) {
    const series = known.get(name);
    if (series && series.kind !== "scalar") refused.push(name);
    else if (list.length === 0) continue;
    else if (series) {
      updates.push([...summaryOf(name, list, series), series.id]);
      grown.push({ id: series.id, count: series.count, list });
    } else fresh.push({ name, list });
  }
  await updateSeries(tx, updates);
  const inserted = await insertSeries(
    tx,
    fresh.map(({ name, list }) => [...summaryOf(name, list, undefined), runSeq, name]),
  );
  for (const [index, { id }] of inserted.entries()) grown.push({ id, count: 0, list: fresh[index]!.list });
  const rows: unknown[][] = [];
  for (const { id, count, list } of grown) {
    let idx = count;
    for (const { value, step, at } of list) rows.push([id, idx++, nullWhenNaN(value), step, at]);
  }
  await insertPoints(tx, rows);
  for (const { id, count, list } of grown) {
    const after = count + list.length;
    if (makesBucketWhole(count, after)) await sumUpWholeBuckets(tx, id, count, after);
  }
  return refused;
}

/** What is kept of a series, as it is after these points. */
function summaryOf(name: string, points: readonly Point[], series: Series | undefined): unknown[] {
  let latest: Point | undefined = series && {
    value: series.last ?? Number.NaN,
    step: series.lastStep,
    at: series.lastAt ?? 0,
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
  return [count, nullWhenNaN(value), min, max, step, at, updatedAt, stepless, json];
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
