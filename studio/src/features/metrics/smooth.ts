// The exponential moving average, as TensorBoard and W&B draw it: what the first values lack in history is made up for.

/** `weight` from 0 (as it is) to below 1; gaps stay gaps and count for nothing. */
export function smooth(values: readonly (number | null)[], weight: number): (number | null)[] {
  if (weight <= 0) return [...values];
  let average = 0;
  let correction = 1;
  return values.map((value) => {
    if (value === null) return null;
    average = average * weight + value * (1 - weight);
    correction *= weight;
    return average / (1 - correction);
  });
}
