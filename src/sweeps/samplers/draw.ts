// Random numbers as a function of a seed and a trial's number, the same on every machine.

/** Draws numbers in (0, 1), both ends excluded, with 52 random bits. */
export type Draw = () => number;

/** sfc32, seeded by a mixture of its keys. */
export function createDraw(...keys: readonly number[]): Draw {
  let a = 0x9e3779b9;
  let b = 0x243f6a88;
  let c = 0xb7e15162;
  for (const key of keys) {
    // A seed may be any number: the part past 32 bits counts as well.
    a = mix(a ^ Math.trunc(key));
    b = mix(b ^ a ^ Math.floor(key / 0x1_0000_0000));
    c = mix((c + b) | 0);
  }
  let counter = 1;
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let round = 0; round < 12; round++) next();
  return () => ((next() >>> 6) * 0x400_0000 + (next() >>> 6) + 0.5) / 2 ** 52;
}

/** A bijection of 32 bits in which each bit of the answer depends on each bit asked (C. Wellons' lowbias32). */
export function mix(bits: number): number {
  let x = bits | 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return x ^ (x >>> 15);
}
