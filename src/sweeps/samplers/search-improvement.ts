// Looks for the point of a search space that promises the most improvement.
import type { Draw } from "./draw.ts";
import { hasOption, snap } from "./flat-space.ts";
import type { Dimension } from "./flat-space.ts";
import type { GaussianProcess } from "./gaussian-process.ts";
import { minimize } from "./minimize.ts";
import type { Box } from "./minimize.ts";
import { logImprovement, normalQuantile } from "./normal.ts";
import { sobolPoint } from "./sobol-points.ts";

const candidatesEverywhere = 512;
const candidatesNearby = 256;
/** How many of the candidates are followed uphill, and how far. */
const climbs = 6;
const climbSteps = 30;

interface Candidate {
  point: Float64Array;
  /** The logarithm of the expected improvement. */
  score: number;
}

export interface Search {
  dimensions: readonly Dimension[];
  process: GaussianProcess;
  /** The value to improve on. */
  best: number;
  /** Good points seen, the best first: their neighborhoods are searched more closely. */
  incumbents: readonly Float64Array[];
  /** Lengths over which the process varies. */
  lengths: Float64Array;
  draw: Draw;
}

/** Good points, the most promising first. */
export function searchImprovement(search: Search): Float64Array[] {
  const score = (point: Float64Array): number => {
    const { mean, variance } = search.process.predict(point);
    const deviation = Math.sqrt(variance);
    return logImprovement((search.best - mean) / deviation).log + Math.log(deviation);
  };
  const candidates = [...everywhere(search), ...nearby(search)].map((point): Candidate => {
    snap(search.dimensions, point);
    return { point, score: score(point) };
  });
  candidates.sort((a, b) => b.score - a.score);

  const starts = candidates.slice(0, climbs);
  const climbed = starts.map(({ point, score: before }): Candidate => {
    let best: Candidate = { point, score: before };
    for (let round = 0; round < 2; round++) {
      best = better(best, climb(search, best.point), score);
      const walked = walkValues(search.dimensions, best, score);
      if (walked === best) break;
      best = walked;
    }
    return best;
  });
  return [...climbed, ...candidates].sort((a, b) => b.score - a.score).map(({ point }) => point);
}

/** Evenly over the whole space. */
function everywhere({ dimensions, draw }: Search): Float64Array[] {
  const seed = Math.floor(draw() * 2 ** 32);
  return Array.from({ length: candidatesEverywhere }, (_, index) =>
    sobolPoint(dimensions.length, seed, index),
  );
}

/** Steps of all sizes away from the incumbents, in some of the dimensions. */
function nearby({ dimensions, incumbents, lengths, draw }: Search): Float64Array[] {
  return Array.from({ length: candidatesNearby }, (_, index) => {
    const point = incumbents[index % incumbents.length]!.slice();
    const scale = 10 ** (-3 * draw());
    const share = Math.max(1 / dimensions.length, draw());
    const always = Math.floor(draw() * dimensions.length);
    for (const [k, dimension] of dimensions.entries()) {
      const luck = draw();
      const step = normalQuantile(draw());
      if (k !== always && luck > share) continue;
      if ("values" in dimension.source) point[k] = draw();
      else point[k] = reflect(point[k]! + step * scale * Math.min(lengths[k]!, 0.5));
    }
    return point;
  });
}

/** Follows the slope in the dimensions that are as good as smooth. */
function climb({ dimensions, process, best }: Search, start: Float64Array): Float64Array {
  const box: Box = { low: start.slice(), high: start.slice() };
  for (const [k, { parent, count }] of dimensions.entries()) {
    const isSmooth = count > fewValues && (!parent || hasOption(dimensions, start, parent));
    if (isSmooth && !("values" in dimensions[k]!.source)) {
      box.low[k] = edge;
      box.high[k] = 1 - edge;
    }
  }
  const meanSlope = new Float64Array(start.length);
  const varianceSlope = new Float64Array(start.length);
  const { at } = minimize(
    (point, gradient) => {
      const { mean, variance } = process.predict(point, meanSlope, varianceSlope);
      const deviation = Math.sqrt(variance);
      const z = (best - mean) / deviation;
      const { log, slope } = logImprovement(z);
      for (let k = 0; k < point.length; k++) {
        const deviationSlope = varianceSlope[k]! / (2 * deviation);
        gradient[k] = (slope * (meanSlope[k]! + z * deviationSlope) - deviationSlope) / deviation;
        if (box.low[k] === box.high[k]) gradient[k] = 0;
      }
      return -(log + Math.log(deviation));
    },
    start,
    box,
    climbSteps,
  );
  snap(dimensions, at);
  return at;
}

/** Tries other values, one dimension at a time, where there are few. */
function walkValues(
  dimensions: readonly Dimension[],
  start: Candidate,
  score: (point: Float64Array) => number,
): Candidate {
  let best = start;
  for (const [k, { count, parent }] of dimensions.entries()) {
    if (count > fewValues || count === 1) continue;
    if (parent && !hasOption(dimensions, best.point, parent)) continue;
    const current = best.point[k]!;
    for (let value = 0; value < count; value++) {
      const point = best.point.slice();
      point[k] = (value + 0.5) / count;
      snap(dimensions, point);
      if (point[k] !== current) best = better(best, point, score);
    }
  }
  return best;
}

function better(best: Candidate, point: Float64Array, score: (point: Float64Array) => number): Candidate {
  const found = score(point);
  return found > best.score ? { point, score: found } : best;
}

const fewValues = 24;
const edge = 1e-9;

const reflect = (x: number): number => {
  const folded = Math.abs(x % 2);
  return Math.min(Math.max(folded > 1 ? 2 - folded : folded, edge), 1 - edge);
};
