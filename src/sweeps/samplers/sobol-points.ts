// Sobol's low-discrepancy points, scrambled so that each seed has its own.
import { createDraw, mix } from "./draw.ts";
import { directions } from "./sobol-directions.ts";

/** Coordinates past this many are drawn at random: nobody tells the difference up there. */
export const sobolDimensions = directions.length + 1;

/** Point `index` of a sequence in (0, 1)^size: Owen's scrambling by hashes (Laine & Karras 2011, Burley 2020). */
export function sobolPoint(size: number, seed: number, index: number): Float64Array {
  const draw = createDraw(seed, index, size);
  const keys = createDraw(seed, 0x50b01);
  return Float64Array.from({ length: size }, (_, dimension) => {
    const key = Math.floor(keys() * 2 ** 32) | 0;
    if (dimension >= sobolDimensions) return draw();
    const scrambled = reverse(scramble(reverse(sobolBits(dimension, index)), key));
    // The bits below the scrambled 32 are random, so that points differ even in the narrowest range.
    return ((scrambled >>> 0) + draw()) / 2 ** 32;
  });
}

function sobolBits(dimension: number, index: number): number {
  const columns = columnsOf(dimension);
  let bits = 0;
  for (let rest = index >>> 0, bit = 0; rest !== 0; rest >>>= 1, bit++) {
    if (rest & 1) bits ^= columns[bit]!;
  }
  return bits;
}

const known = new Map<number, Int32Array>();

function columnsOf(dimension: number): Int32Array {
  const found = known.get(dimension);
  if (found) return found;
  const columns = new Int32Array(32);
  if (dimension === 0) {
    for (let bit = 0; bit < 32; bit++) columns[bit] = 1 << (31 - bit);
  } else {
    const [polynomial = 0, ...first] = directions[dimension - 1]!;
    const degree = first.length;
    for (let bit = 0; bit < 32; bit++) {
      if (bit < degree) {
        columns[bit] = first[bit]! << (31 - bit);
        continue;
      }
      let column = columns[bit - degree]! ^ (columns[bit - degree]! >>> degree);
      for (let k = 1; k < degree; k++) {
        if ((polynomial >>> (degree - k)) & 1) column ^= columns[bit - k]!;
      }
      columns[bit] = column;
    }
  }
  known.set(dimension, columns);
  return columns;
}

/** In reversed bits each bit of the answer depends on the lower ones alone, which is what Owen's scrambling asks. */
function scramble(bits: number, key: number): number {
  let x = (bits + mix(key)) | 0;
  x ^= Math.imul(x, 0x6c50b47c);
  x ^= Math.imul(x, 0xb82f1e52);
  x ^= Math.imul(x, 0xc7afe638);
  x ^= Math.imul(x, 0x8d22f6e6);
  return x;
}

function reverse(bits: number): number {
  let x = bits;
  x = ((x >>> 1) & 0x55555555) | ((x & 0x55555555) << 1);
  x = ((x >>> 2) & 0x33333333) | ((x & 0x33333333) << 2);
  x = ((x >>> 4) & 0x0f0f0f0f) | ((x & 0x0f0f0f0f) << 4);
  x = ((x >>> 8) & 0x00ff00ff) | ((x & 0x00ff00ff) << 8);
  return (x >>> 16) | (x << 16);
}
