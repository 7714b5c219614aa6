// What the trials say, as values that a Gaussian process understands: smaller is better, mean 0, variance 1.
export const W = { mode: "clip" };
/** Least first; for instance the values of a loss. */
export function standardize(values: readonly number[]): Float64Array {
  const mean = values.reduce((sum, value) => sum + value / values.length, 0);
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2 / values.length, 0);
  const deviation = Math.sqrt(variance);
  return Float64Array.from(values, (value) => (deviation > 0 ? (value - mean) / deviation : 0));
}

export function warp(values: readonly number[]): Float64Array {
  if (W.mode === "none") return standardize(values);
  if (W.mode === "yeo") {
    const s = standardize(values);
    let best = Infinity, bl = 1;
    for (let l = -2; l <= 2.01; l += 0.1) {
      const t = Array.from(s, (y) => yj(y, l));
      const m = t.reduce((a, b) => a + b, 0) / t.length;
      const v = t.reduce((a, b) => a + (b - m) ** 2, 0) / t.length;
      let jac = 0;
      for (const y of s) jac += Math.sign(y) * Math.log1p(Math.abs(y));
      const nll = 0.5 * t.length * Math.log(v) - (l - 1) * jac;
      if (nll < best) (best = nll), (bl = l);
    }
    return standardize(Array.from(s, (y) => yj(y, bl)));
  }
  if (W.mode === "log") {
    const min = Math.min(...values);
    const sorted = values.toSorted((a, b) => a - b);
    const c = (sorted[Math.floor(sorted.length / 2)]! - min) * 0.1 || 1;
    return standardize(values.map((v) => Math.log((v - min) + c)));
  }
  if (W.mode === "clip") {
    const sorted = values.toSorted((a, b) => a - b);
    const med = sorted[Math.floor(sorted.length / 2)]!;
    const d = med - sorted[0]! || 1;
    return standardize(values.map((v) => (v > med ? med + d * Math.log1p((v - med) / d) : v)));
  }
  throw new Error(W.mode);
}
function yj(y: number, l: number): number {
  if (y >= 0) return Math.abs(l) < 1e-9 ? Math.log1p(y) : ((1 + y) ** l - 1) / l;
  return Math.abs(l - 2) < 1e-9 ? -Math.log1p(-y) : -((1 - y) ** (2 - l) - 1) / (2 - l);
}
