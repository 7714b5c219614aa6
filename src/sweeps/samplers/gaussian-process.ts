// A Gaussian process: a Matérn 5/2 kernel with a weight of its own for each dimension, learned from what was observed.
import { factorize, invert, solveLower, solveUpper } from "./cholesky.ts";
import { minimize } from "./minimize.ts";

/** Rows of `size` coordinates. Where `isCategory`, two coordinates are the same or they are not; no distance between. */
export interface Inputs {
  points: readonly Float64Array[];
  isCategory: readonly boolean[];
}

export interface Hyperparameters {
  /** 1 / length² of each dimension. */
  weights: Float64Array;
  signal: number;
  noise: number;
}

const rootFive = Math.sqrt(5);

/** The most probable hyperparameters for values with mean 0 and variance 1, given what is usual. */
export function learnHyperparameters({ points, isCategory }: Inputs, values: Float64Array): Hyperparameters {
  const size = isCategory.length;
  const prior = priorOf(size);
  const count = points.length;
  const squares = squaredDifferences(points, isCategory);
  const matrix = new Float64Array(count * count);
  const slopes = new Float64Array((count * (count - 1)) / 2);
  const alpha = new Float64Array(count);

  const negativeLogPosterior = (theta: Float64Array, gradient: Float64Array): number => {
    const weights = theta.subarray(0, size).map((log) => Math.exp(log));
    const signal = Math.exp(theta[size]!);
    const noise = Math.exp(theta[size + 1]!);
    let pair = 0;
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < i; j++, pair++) {
        let distance = 0;
        for (let k = 0; k < size; k++) distance += weights[k]! * squares[pair * size + k]!;
        const root = rootFive * Math.sqrt(distance);
        const decay = signal * Math.exp(-root);
        matrix[i * count + j] = (1 + root + (5 / 3) * distance) * decay;
        slopes[pair] = -(5 / 6) * (1 + root) * decay;
      }
      matrix[i * count + i] = signal + noise;
    }
    const kernel = matrix.slice();
    if (!factorize(matrix, count)) return Number.POSITIVE_INFINITY;
    alpha.set(values);
    solveLower(matrix, count, alpha);
    let result = 0;
    for (let i = 0; i < count; i++) result += 0.5 * alpha[i]! * alpha[i]! + Math.log(matrix[i * count + i]!);
    solveUpper(matrix, count, alpha);
    const inverse = invert(matrix, count);

    gradient.fill(0);
    let trace = 0;
    let fitted = 0;
    pair = 0;
    for (let i = 0; i < count; i++) {
      const row = i * count;
      for (let j = 0; j < i; j++, pair++) {
        // Both triangles at once, so twice one half.
        const rest = inverse[row + j]! - alpha[i]! * alpha[j]!;
        fitted += rest * kernel[row + j]!;
        const slope = rest * slopes[pair]!;
        for (let k = 0; k < size; k++) gradient[k]! += slope * squares[pair * size + k]!;
      }
      const rest = inverse[row + i]! - alpha[i]! * alpha[i]!;
      trace += rest;
    }
    for (let k = 0; k < size; k++) gradient[k]! *= weights[k]!;
    gradient[size] = fitted + 0.5 * trace * signal;
    gradient[size + 1] = 0.5 * trace * noise;
    for (let k = 0; k < theta.length; k++) {
      const off = (theta[k]! - prior.mean[k]!) / prior.deviation[k]!;
      result += 0.5 * off * off;
      gradient[k]! += off / prior.deviation[k]!;
    }
    return result;
  };

  // Short lengths without noise and long ones with it can both explain the same values: each is tried.
  const noisy = prior.mean.slice();
  noisy[size + 1] = Math.log(0.1);
  const found = [prior.mean, noisy].map((start) => minimize(negativeLogPosterior, start, prior, 30));
  const { at } = found.reduce((a, b) => (b.value < a.value ? b : a));
  return {
    weights: at.slice(0, size).map((log) => Math.exp(log)),
    signal: Math.exp(at[size]!),
    noise: Math.exp(at[size + 1]!),
  };
}

/** Normal in the logarithms: lengths that grow with the root of the dimensions, little noise. */
function priorOf(size: number) {
  const length = 0.3 * Math.sqrt(size);
  const mean = new Float64Array(size + 2).fill(-2 * Math.log(length));
  const deviation = new Float64Array(size + 2).fill(2);
  const low = new Float64Array(size + 2).fill(Math.log(1e-4));
  const high = new Float64Array(size + 2).fill(Math.log(1e4));
  mean.set([0, Math.log(1e-4)], size);
  deviation.set([1, 2], size);
  low.set([Math.log(1e-3), Math.log(1e-6)], size);
  high.set([Math.log(1e2), 0], size);
  return { mean, deviation, low, high };
}

/** For each pair of points, the later one first, as many as there are dimensions. */
function squaredDifferences(points: readonly Float64Array[], isCategory: readonly boolean[]): Float64Array {
  const size = isCategory.length;
  const squares = new Float64Array(((points.length * (points.length - 1)) / 2) * size);
  let at = 0;
  for (let i = 0; i < points.length; i++) {
    for (let j = 0; j < i; j++) {
      for (let k = 0; k < size; k++, at++)
        squares[at] = squared(points[i]![k]! - points[j]![k]!, isCategory[k]!);
    }
  }
  return squares;
}

const squared = (difference: number, isCategory: boolean): number =>
  isCategory ? (difference === 0 ? 0 : 1) : difference * difference;

export class GaussianProcess {
  readonly #points: readonly Float64Array[];
  readonly #isCategory: readonly boolean[];
  readonly #hyper: Hyperparameters;
  readonly #factor: Float64Array;
  readonly #alpha: Float64Array;
  readonly #kernel: Float64Array;
  readonly #slopes: Float64Array;

  /** The last points may come without a value: they are believed to be at the mean, and only lower the doubt. */
  constructor({ points, isCategory }: Inputs, values: Float64Array, hyper: Hyperparameters) {
    this.#points = points;
    this.#isCategory = isCategory;
    this.#hyper = hyper;
    const count = points.length;
    this.#kernel = new Float64Array(count);
    this.#slopes = new Float64Array(count);
    this.#factor = this.#factorWithNoise();
    this.#alpha = new Float64Array(count);
    const known = values.length;
    this.#alpha.set(values);
    // The leading block of the factor is the factor of the leading block; so a mean without the last points.
    const leading = known === count ? this.#factor : new Float64Array(known * known);
    if (known < count) {
      for (let i = 0; i < known; i++) {
        for (let j = 0; j <= i; j++) leading[i * known + j] = this.#factor[i * count + j]!;
      }
    }
    const solved = this.#alpha.subarray(0, known);
    solveLower(leading, known, solved);
    solveUpper(leading, known, solved);
  }

  /** What is believed of a point, and how the two change with each coordinate where arrays for it are given. */
  predict(point: Float64Array, meanSlope?: Float64Array, varianceSlope?: Float64Array) {
    const { weights, signal } = this.#hyper;
    const kernel = this.#kernel;
    const slopes = this.#slopes;
    const count = this.#points.length;
    const size = point.length;
    let mean = 0;
    for (let i = 0; i < count; i++) {
      const other = this.#points[i]!;
      let distance = 0;
      for (let k = 0; k < size; k++) {
        const difference = point[k]! - other[k]!;
        if (!this.#isCategory[k]!) distance += weights[k]! * difference * difference;
        else if (difference !== 0) distance += weights[k]!;
      }
      const root = rootFive * Math.sqrt(distance);
      const decay = signal * Math.exp(-root);
      kernel[i] = (1 + root + (5 / 3) * distance) * decay;
      slopes[i] = -(5 / 3) * (1 + root) * decay;
      mean += kernel[i]! * this.#alpha[i]!;
    }
    solveLower(this.#factor, count, kernel);
    let variance = signal;
    for (let i = 0; i < count; i++) variance -= kernel[i]! * kernel[i]!;
    if (meanSlope && varianceSlope) {
      solveUpper(this.#factor, count, kernel);
      meanSlope.fill(0);
      varianceSlope.fill(0);
      for (let i = 0; i < count; i++) {
        const other = this.#points[i]!;
        const forMean = slopes[i]! * this.#alpha[i]!;
        const forVariance = -2 * slopes[i]! * kernel[i]!;
        for (let k = 0; k < size; k++) {
          if (this.#isCategory[k]!) continue;
          const step = weights[k]! * (point[k]! - other[k]!);
          meanSlope[k]! += forMean * step;
          varianceSlope[k]! += forVariance * step;
        }
      }
    }
    return { mean, variance: Math.max(variance, 1e-12 * signal) };
  }

  /** More noise until there is a factor: points that are too close make the matrix singular to the last bit. */
  #factorWithNoise(): Float64Array {
    const { weights, signal, noise } = this.#hyper;
    const count = this.#points.length;
    const squares = squaredDifferences(this.#points, this.#isCategory);
    for (let jitter = noise; ; jitter *= 10) {
      const matrix = new Float64Array(count * count);
      let at = 0;
      for (let i = 0; i < count; i++) {
        for (let j = 0; j < i; j++) {
          let distance = 0;
          for (let k = 0; k < weights.length; k++, at++) distance += weights[k]! * squares[at]!;
          const root = rootFive * Math.sqrt(distance);
          matrix[i * count + j] = (1 + root + (5 / 3) * distance) * signal * Math.exp(-root);
        }
        matrix[i * count + i] = signal + jitter;
      }
      if (factorize(matrix, count)) return matrix;
    }
  }
}
