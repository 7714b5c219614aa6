// A series as a chart shows it: at most so many stretches of points, each with its least, greatest and mean value.
import { finite, pointsPerBucket } from "./metric-buckets.ts";
import { prepared } from "./prepared.ts";
import type { Db } from "./store.ts";

export interface PlotWindow {
  axis: "step" | "at";
  from: number;
  to: number;
}

export interface PlotWanted {
  name: string;
  /** More stretches than this are not given. */
  most: number;
  /** Only the part of the axis that is shown. */
  window?: PlotWindow | undefined;
  /** Go on with stretches of this many points, from this index on: what came since. */
  tail?: { pointsPerStretch: number; from: number } | undefined;
}

export interface Stretch {
  /** Of its first point. */
  index: number;
  step: number;
  at: number;
  /** Null where no point is a finite number: a gap. */
  min: number | null;
  max: number | null;
  mean: number | null;
}

export interface Plot {
  name: string;
  /** Of the whole series. */
  count: number;
  /** The value of the latest point, NaN too. */
  last: number;
  /** A power of two, so that the borders stay where they are while a series grows. */
  pointsPerStretch: number;
  stretches: Stretch[];
}

interface Series {
  id: number;
  name: string;
  count: number;
  last: number | null;
}

const seriesNamed = prepared<Series>(
  `select id, name, count, last from metric_series
   where run_seq = ? and kind = 'scalar' and name in (select value from json_each(?))`,
);

/** Numbers are bound as reals, and this division is one of whole numbers. */
const size = "cast(?4 as integer)";

const points = prepared<Stretch>(
  `select idx as "index", coalesce(step, idx) as step, at, finite as min, finite as max, finite as mean
   from (select idx, step, at, ${finite} as finite from metric_points where series = ?1 and idx >= ?2 and idx < ?3)
   order by idx`,
);

const fromPoints = prepared<Stretch>(
  `select idx / ${size} * ${size} as "index", max(coalesce(step, idx)) as step, max(at) as at,
     min(finite) as min, max(finite) as max, avg(finite) as mean
   from (select idx, step, at, ${finite} as finite from metric_points where series = ?1 and idx >= ?2 and idx < ?3)
   group by idx / ${size} order by 1`,
);

const fromBuckets = prepared<Stretch>(
  `select bucket / ${size} * ${size} * ${pointsPerBucket} as "index", max(max_step) as step, max(max_at) as at,
     min(min) as min, max(max) as max, sum(sum) / sum(count) as mean
   from metric_buckets where series = ?1 and bucket >= ?2 and bucket < ?3
   group by bucket / ${size} order by 1`,
);

const extentOf = (axis: string) =>
  prepared<{ first: number | null; last: number | null }>(
    `select min(bucket) as first, max(bucket) as last from metric_buckets
     where series = ? and max_${axis} >= ? and min_${axis} <= ?`,
  );
const extents = { step: extentOf("step"), at: extentOf("at") };

/** In the order asked for; names under which no numbers were logged are left out. */
export async function readPlots(db: Db, runSeq: number, wanted: readonly PlotWanted[]): Promise<Plot[]> {
  const names = JSON.stringify(wanted.map(({ name }) => name));
  const known = new Map((await seriesNamed(db, runSeq, names)).map((series) => [series.name, series]));
  const plots: Plot[] = [];
  for (const one of wanted) {
    const series = known.get(one.name);
    if (series) plots.push(await readPlot(db, series, one));
  }
  return plots;
}

async function readPlot(db: Db, series: Series, { most, window, tail }: PlotWanted): Promise<Plot> {
  const { name, count, last } = series;
  const extent = window ? await indexesIn(db, series, window) : { first: 0, end: count };
  const first = tail ? tail.from : extent.first;
  const given = tail?.pointsPerStretch ?? 1;
  const pointsPerStretch = Math.max(given, stretchFor(extent.end - first, most));
  const stretches = await readStretches(db, series, { first, end: extent.end }, pointsPerStretch);
  return {
    name,
    count,
    last: last ?? Number.NaN,
    pointsPerStretch,
    stretches: window ? stretches.filter(isNear(stretches, window)) : stretches,
  };
}

/** What lies in the window, and one more on either side so that lines reach its borders. */
const isNear =
  (stretches: readonly Stretch[], { axis, from, to }: PlotWindow) =>
  (stretch: Stretch, index: number): boolean => {
    const inside = (one: Stretch | undefined) => one !== undefined && one[axis] >= from && one[axis] <= to;
    return inside(stretch) || inside(stretches[index - 1]) || inside(stretches[index + 1]);
  };

/** The least power of two that makes at most so many stretches of so many points. */
const stretchFor = (count: number, most: number): number =>
  count <= most ? 1 : 2 ** Math.ceil(Math.log2(count / most));

/** The indexes between which every point of the window lies, and some others may. */
async function indexesIn(
  db: Db,
  { id, count }: Series,
  { axis, from, to }: PlotWindow,
): Promise<{ first: number; end: number }> {
  const [extent] = await extents[axis](db, id, from, to);
  const whole = Math.floor(count / pointsPerBucket) * pointsPerBucket;
  const rest = await points(db, id, whole, count);
  const ofRest = rest.filter((point) => point[axis] >= from && point[axis] <= to);
  const reaches = ofRest.length > 0;
  const first = extent?.first == null ? (ofRest[0]?.index ?? count) : extent.first * pointsPerBucket;
  const end = reaches ? count : extent?.last == null ? first : (extent.last + 1) * pointsPerBucket;
  // A neighbor on either side.
  return { first: Math.max(0, first - 1), end: Math.min(count, end + 1) };
}

async function readStretches(
  db: Db,
  { id }: Series,
  { first, end }: { first: number; end: number },
  size: number,
): Promise<Stretch[]> {
  const begin = Math.floor(first / size) * size;
  if (size === 1) return points(db, id, begin, end);
  if (size < pointsPerBucket) return fromPoints(db, id, begin, end, size);
  const whole = Math.floor(end / pointsPerBucket);
  const bucketsEach = size / pointsPerBucket;
  const stretches = await fromBuckets(db, id, begin / pointsPerBucket, whole, bucketsEach);
  const rest = await fromPoints(db, id, Math.max(begin, whole * pointsPerBucket), end, size);
  return join(stretches, rest, (whole * pointsPerBucket) % size, end - whole * pointsPerBucket);
}

/** The last stretch of both is the same one where the rest does not begin at a border; `before` and `after` points. */
function join(stretches: Stretch[], rest: Stretch[], before: number, after: number): Stretch[] {
  const left = stretches.at(-1);
  const [right] = rest;
  if (!left || !right || left.index !== right.index) return [...stretches, ...rest];
  const both: Stretch = {
    index: left.index,
    step: Math.max(left.step, right.step),
    at: Math.max(left.at, right.at),
    min: merge(left.min, right.min, Math.min),
    max: merge(left.max, right.max, Math.max),
    mean: merge(left.mean, right.mean, (a, b) => (a * before + b * after) / (before + after)),
  };
  return [...stretches.slice(0, -1), both, ...rest.slice(1)];
}

const merge = (a: number | null, b: number | null, choose: (a: number, b: number) => number) =>
  a === null ? b : b === null ? a : choose(a, b);
