// A series as it is drawn: stretches of points, put together from what came at first and what came since.
import type { PlotBody } from "../../../../src/api/plots.ts";

export type Curve = PlotBody;

export const axes = ["step", "time", "relative"] as const;
export type Axis = (typeof axes)[number];

/** What is known of a curve with what came since; undefined when it has to be fetched anew, in longer stretches. */
export function withTail(curve: Curve, tail: Curve, most: number): Curve | undefined {
  if (tail.pointsPerStretch !== curve.pointsPerStretch || tail.count < curve.count) return undefined;
  const first = tail.index[0];
  if (first === undefined) return { ...curve, count: tail.count, last: tail.last };
  const kept = curve.index.findLastIndex((index) => index < first) + 1;
  if (kept + tail.index.length > 2 * most) return undefined;
  const join = <T>(before: readonly T[], after: readonly T[]) => [...before.slice(0, kept), ...after];
  return {
    ...curve,
    count: tail.count,
    last: tail.last,
    index: join(curve.index, tail.index),
    step: join(curve.step, tail.step),
    at: join(curve.at, tail.at),
    mean: join(curve.mean, tail.mean),
    ...(curve.min && tail.min && { min: join(curve.min, tail.min) }),
    ...(curve.max && tail.max && { max: join(curve.max, tail.max) }),
  };
}

/** From where a tail is asked for: the last stretch may have grown. */
export const tailOf = ({ pointsPerStretch, index }: Curve) => ({
  pointsPerStretch,
  from: index.at(-1) ?? 0,
});

/** What a chart draws of a curve. Seconds for times, as the chart library has them. */
export interface Line {
  x: number[];
  mean: (number | null)[];
  min: (number | null)[] | undefined;
  max: (number | null)[] | undefined;
}

/** In order of x: a run that went back to an earlier step would else draw a line back. */
export function lineOf(curve: Curve, axis: Axis, begunAt: number, isLogX: boolean): Line {
  const { step, at, mean, min, max } = curve;
  const x =
    axis === "step" ? step : at.map((time) => (axis === "time" ? time : Math.max(0, time - begunAt)) / 1000);
  const isSorted = x.every((value, index) => index === 0 || value >= x[index - 1]!);
  // A logarithmic axis has no place for zero.
  const shown = x.map((_, index) => index).filter((index) => !isLogX || x[index]! > 0);
  if (isSorted && shown.length === x.length) return { x, mean, min, max };
  if (!isSorted) shown.sort((a, b) => x[a]! - x[b]! || a - b);
  const pick = <T>(list: readonly T[]) => shown.map((index) => list[index]!);
  return { x: pick(x), mean: pick(mean), min: min && pick(min), max: max && pick(max) };
}

/** A logarithmic axis of values begins above zero. */
export const positive = (values: readonly (number | null)[]): (number | null)[] =>
  values.map((value) => (value !== null && value > 0 ? value : null));
