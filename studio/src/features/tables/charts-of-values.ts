// The charts that azureml.core logs as JSON, read with care: a run may log anything.

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The `data` of a logged chart; it may have come as JSON text. */
export function chartData(value: unknown): Record<string, unknown> | undefined {
  let parsed = value;
  if (typeof value === "string") {
    try {
      parsed = JSON.parse(value);
    } catch {
      return undefined;
    }
  }
  if (!isRecord(parsed)) return undefined;
  return isRecord(parsed["data"]) ? parsed["data"] : parsed;
}

const numbers = (value: unknown): number[] | undefined =>
  Array.isArray(value) ? value.map(Number) : undefined;

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.map((one: unknown) => String(one)) : [];

export interface ConfusionMatrix {
  labels: string[];
  /** Rows are the true classes, columns the predicted ones. */
  matrix: number[][];
}

export function readConfusionMatrix(value: unknown): ConfusionMatrix | undefined {
  const data = chartData(value);
  if (!Array.isArray(data?.["matrix"])) return undefined;
  const matrix = data["matrix"].map((row) => numbers(row) ?? []);
  if (matrix.length === 0 || matrix.some((row) => row.length !== matrix.length)) return undefined;
  const labels = texts(data["class_labels"]);
  return { labels: matrix.map((_, index) => labels[index] ?? String(index)), matrix };
}

export interface CurvePoint {
  x: number;
  y: number;
}

export interface ClassCurves {
  label: string;
  roc: CurvePoint[];
  area: number;
  precisionRecall: CurvePoint[];
  averagePrecision: number;
}

/** One a class, from counts at each threshold: true and false positives, true and false negatives. */
export function readAccuracyTable(value: unknown): ClassCurves[] | undefined {
  const data = chartData(value);
  const classes = data?.["probability_tables"];
  if (!Array.isArray(classes) || classes.length === 0) return undefined;
  const labels = texts(data?.["class_labels"]);
  return classes.map((table: unknown, index) => {
    const counts = (Array.isArray(table) ? table : []).flatMap((row: unknown) => {
      const [tp, fp, tn, fn] = numbers(row) ?? [];
      return tp === undefined || fp === undefined || tn === undefined || fn === undefined
        ? []
        : [{ tp, fp, tn, fn }];
    });
    const share = (part: number, rest: number) => (part + rest === 0 ? undefined : part / (part + rest));
    const roc = fromLeft(
      counts.map(({ tp, fp, tn, fn }) => ({ x: share(fp, tn) ?? 0, y: share(tp, fn) ?? 0 })),
    );
    const whole = [{ x: 0, y: 0 }, ...roc, { x: 1, y: 1 }];
    const precisionRecall = fromLeft(
      counts.flatMap(({ tp, fp, fn }) => {
        const precision = share(tp, fp);
        return precision === undefined ? [] : [{ x: share(tp, fn) ?? 0, y: precision }];
      }),
    );
    return {
      label: labels[index] ?? String(index),
      roc: whole,
      area: areaUnder(whole),
      precisionRecall,
      averagePrecision: areaUnder([{ x: 0, y: precisionRecall[0]?.y ?? 0 }, ...precisionRecall]),
    };
  });
}

/** As the thresholds have them, from the left: where x stays the same, the line goes as the thresholds do. */
const fromLeft = (points: CurvePoint[]): CurvePoint[] =>
  (points[0]?.x ?? 0) > (points.at(-1)?.x ?? 0) ? points.toReversed() : points;

/** By trapezes. */
export function areaUnder(points: readonly CurvePoint[]): number {
  let area = 0;
  for (const [index, { x, y }] of points.entries()) {
    const before = points[index - 1];
    if (before) area += ((x - before.x) * (y + before.y)) / 2;
  }
  return area;
}

export interface Bins {
  edges: number[];
  counts: number[];
}

export function readResiduals(value: unknown): Bins | undefined {
  const data = chartData(value);
  const edges = numbers(data?.["bin_edges"]);
  const counts = numbers(data?.["bin_counts"]);
  return edges && counts && edges.length > 1 && counts.length > 0 ? { edges, counts } : undefined;
}

export interface Predictions extends Bins {
  averages: number[];
  errors: number[];
}

export function readPredictions(value: unknown): Predictions | undefined {
  const data = chartData(value);
  const bins = readResiduals(value);
  const averages = numbers(data?.["bin_averages"]);
  if (!bins || !averages || averages.length === 0) return undefined;
  return { ...bins, averages, errors: numbers(data?.["bin_errors"]) ?? [] };
}
