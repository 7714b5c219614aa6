// What trials came to, as a Gaussian process likes it: without a long tail of bad values, mean 0, variance 1.

/** `values` are to be made small. Their order stays. */
export function standardize(values: readonly number[]): Float64Array {
  const sorted = values.toSorted((a, b) => a - b);
  const best = sorted[0]!;
  const middle = sorted[sorted.length >> 1]!;
  // Divided before anything else, so that the largest values do not overflow.
  const unit = middle / 2 - best / 2 || sorted.at(-1)! / 2 - best / 2 || 1;
  const tamed = values.map((value) => {
    const above = (value / 2 - middle / 2) / unit;
    return above > 0 ? Math.log1p(above) : above;
  });
  const mean = tamed.reduce((sum, value) => sum + value / tamed.length, 0);
  const variance = tamed.reduce((sum, value) => sum + (value - mean) ** 2 / tamed.length, 0);
  const deviation = Math.sqrt(variance) || 1;
  return Float64Array.from(tamed, (value) => (value - mean) / deviation);
}
