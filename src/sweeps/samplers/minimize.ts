// Finds a local minimum of a smooth function in a box: L-BFGS on the coordinates that are free to move.

/** Fills `gradient` and answers the value. */
export type Smooth = (at: Float64Array, gradient: Float64Array) => number;

export interface Box {
  low: Float64Array;
  high: Float64Array;
}

const memory = 8;

export function minimize(f: Smooth, start: Float64Array, { low, high }: Box, maxSteps: number) {
  const size = start.length;
  let at = Float64Array.from(start, (x, i) => Math.min(Math.max(x, low[i]!), high[i]!));
  let gradient = new Float64Array(size);
  let value = f(at, gradient);
  let next = new Float64Array(size);
  let nextGradient = new Float64Array(size);
  let pairs: { step: Float64Array; change: Float64Array; curvature: number }[] = [];

  for (let round = 0; round < maxSteps; round++) {
    const isHeld = (i: number) =>
      (at[i]! <= low[i]! && gradient[i]! > 0) || (at[i]! >= high[i]! && gradient[i]! < 0);
    const direction = descent(gradient, pairs, isHeld);
    let slope = dot(direction, gradient);
    if (!(slope < 0)) {
      pairs = [];
      for (let i = 0; i < size; i++) direction[i] = isHeld(i) ? 0 : -gradient[i]!;
      slope = dot(direction, gradient);
    }
    if (!(slope < -1e-12)) break;

    // The first step knows no curvature: it goes a tenth of the box at most.
    let scale = 1;
    if (pairs.length === 0) {
      let far = 0;
      for (let i = 0; i < size; i++) {
        if (high[i]! > low[i]!) far = Math.max(far, Math.abs(direction[i]!) / (high[i]! - low[i]!));
      }
      scale = Math.min(1, 0.1 / far);
    }
    let nextValue = Number.POSITIVE_INFINITY;
    for (let tries = 0; tries < 12; tries++, scale *= 0.35) {
      for (let i = 0; i < size; i++) {
        next[i] = Math.min(Math.max(at[i]! + scale * direction[i]!, low[i]!), high[i]!);
      }
      nextValue = f(next, nextGradient);
      if (nextValue <= value + 1e-4 * scale * slope) break;
    }
    if (!(nextValue < value)) break;

    const step = Float64Array.from(next, (x, i) => x - at[i]!);
    const change = Float64Array.from(nextGradient, (x, i) => x - gradient[i]!);
    const curvature = dot(step, change);
    if (curvature > 1e-12 * dot(change, change)) {
      pairs.push({ step, change, curvature });
      if (pairs.length > memory) pairs.shift();
    }
    const gain = value - nextValue;
    [at, next] = [next, at];
    [gradient, nextGradient] = [nextGradient, gradient];
    value = nextValue;
    if (gain < 1e-7 * (1 + Math.abs(value))) break;
  }
  return { at, value };
}

/** Minus the inverse Hessian, as the pairs know it, times the gradient. */
function descent(
  gradient: Float64Array,
  pairs: readonly { step: Float64Array; change: Float64Array; curvature: number }[],
  isHeld: (i: number) => boolean,
): Float64Array {
  const direction = gradient.map((g, i) => (isHeld(i) ? 0 : -g));
  const shares: number[] = [];
  for (const { step, change, curvature } of pairs.toReversed()) {
    const share = dot(step, direction) / curvature;
    shares.push(share);
    addScaled(direction, change, -share);
  }
  const last = pairs.at(-1);
  if (last) {
    const scale = last.curvature / dot(last.change, last.change);
    for (let i = 0; i < direction.length; i++) direction[i]! *= scale;
  }
  for (const { step, change, curvature } of pairs) {
    addScaled(direction, step, shares.pop()! - dot(change, direction) / curvature);
  }
  for (let i = 0; i < direction.length; i++) if (isHeld(i)) direction[i] = 0;
  return direction;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function addScaled(to: Float64Array, what: Float64Array, scale: number): void {
  for (let i = 0; i < to.length; i++) to[i]! += scale * what[i]!;
}
