// The distributions of numbers: from a probability to a value and back, and the values of those that have few.
import type { Distribution } from "../../core/sweep.ts";
import { normalQuantile, normalUpTo } from "./normal.ts";

export type NumberDistribution = Exclude<Distribution, { type: "choice" }>;

/** The value below which a draw falls with probability p. Drawing p evenly from (0, 1) draws from the distribution. */
export function quantile(distribution: NumberDistribution, p: number): number {
  if (distribution.type === "randint") {
    return Math.min(Math.floor(p * distribution.upper), distribution.upper - 1);
  }
  const value = smoothQuantile(distribution, p);
  return "q" in distribution ? multiple(roundHalfEven(value / distribution.q), distribution.q) : value;
}

/** The middle of the probabilities that give this value; undefined where none does. */
export function probability(distribution: NumberDistribution, value: number): number | undefined {
  if (!Number.isFinite(value)) return undefined;
  if (distribution.type === "randint") {
    const isOne = Number.isInteger(value) && value >= 0 && value < distribution.upper;
    return isOne ? (value + 0.5) / distribution.upper : undefined;
  }
  if (!("q" in distribution)) {
    const middle = probabilityUpTo(distribution, value);
    const again = smoothQuantile(distribution, Math.min(Math.max(middle, 0), 1));
    return isClose(again, value) ? clampOpen(middle) : undefined;
  }
  const { q } = distribution;
  const count = Math.round(value / q);
  if (!isClose(count * q, value)) return undefined;
  const from = Math.max(0, probabilityUpTo(distribution, (count - 0.5) * q));
  const to = Math.min(1, probabilityUpTo(distribution, (count + 0.5) * q));
  if (to < from || quantile(distribution, (from + to) / 2) !== multiple(count, q)) return undefined;
  return clampOpen((from + to) / 2);
}

/** The first value of those that have finitely many, and how many there are. */
export function listValues(
  distribution: NumberDistribution,
): { count: number; at(index: number): number } | undefined {
  if (distribution.type === "randint") return { count: distribution.upper, at: (index) => index };
  if (distribution.type !== "quniform" && distribution.type !== "qloguniform") return undefined;
  const { q } = distribution;
  const first = roundHalfEven(smoothQuantile(distribution, 0) / q);
  const last = roundHalfEven(smoothQuantile(distribution, 1) / q);
  return { count: last - first + 1, at: (index) => multiple(first + index, q) };
}

type Smooth = Exclude<NumberDistribution, { type: "randint" }>;

function smoothQuantile(distribution: Smooth, p: number): number {
  switch (distribution.type) {
    case "uniform":
    case "quniform":
      return between(distribution.minValue, distribution.maxValue, p);
    case "loguniform":
    case "qloguniform":
      return finite(Math.exp(between(distribution.minValue, distribution.maxValue, p)));
    case "normal":
    case "qnormal":
      return finite(distribution.mu + distribution.sigma * normalQuantile(p));
    case "lognormal":
    case "qlognormal":
      return finite(Math.exp(distribution.mu + distribution.sigma * normalQuantile(p)));
  }
}

/** May lie outside of 0 to 1 for a value outside of the bounds. */
function probabilityUpTo(distribution: Smooth, value: number): number {
  switch (distribution.type) {
    case "uniform":
    case "quniform":
      return share(distribution.minValue, distribution.maxValue, value);
    case "loguniform":
    case "qloguniform":
      return value <= 0 ? 0 : share(distribution.minValue, distribution.maxValue, Math.log(value));
    case "normal":
    case "qnormal":
      return normalUpTo(deviations(value, distribution));
    case "lognormal":
    case "qlognormal":
      return value <= 0 ? 0 : normalUpTo(deviations(Math.log(value), distribution));
  }
}

/** Written so that the widest bounds do not overflow. */
const between = (min: number, max: number, p: number): number =>
  Math.min(Math.max(min * (1 - p) + max * p, min), max);

function share(min: number, max: number, value: number): number {
  if (max > min) return (value / 2 - min / 2) / (max / 2 - min / 2);
  return value < min ? 0 : value > max ? 1 : 0.5;
}

const deviations = (value: number, { mu, sigma }: { mu: number; sigma: number }): number =>
  value === mu ? 0 : (value - mu) / sigma;

/** The far end of a wide distribution may be past all numbers. */
const finite = (value: number): number => Math.min(Math.max(value, -Number.MAX_VALUE), Number.MAX_VALUE);

/** count · q as a person would write it: 0.3, not 0.30000000000000004; and no negative zero. */
function multiple(count: number, q: number): number {
  const product = count * q;
  return (Math.abs(product) < 1e15 ? Number(product.toPrecision(15)) : product) + 0;
}

/** As Python and NumPy round. */
function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

const isClose = (a: number, b: number): boolean =>
  a === b || Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));

const clampOpen = (p: number): number => Math.min(Math.max(p, 2 ** -53), 1 - 2 ** -53);
