// Values that a careful program may stumble over, and requests made of them.
import type { Random } from "./random.ts";

export const oddTexts: readonly string[] = [
  "",
  " ",
  "a",
  "..",
  "../../etc/passwd",
  "__proto__",
  "constructor",
  "\0",
  "nul\0byte",
  "line\nbreak",
  "%2e%2e%2f",
  "%",
  "%zz",
  "é",
  "😀",
  "\uD800",
  "\u202Eabc",
  "null",
  "NaN",
  "-1",
  "1e309",
  "9007199254740993",
  "0x10",
  "true",
  "x".repeat(300),
  "y".repeat(5001),
  "'; drop table runs; --",
  "<script>alert(1)</script>",
  "{{7*7}}",
  "$(id)",
  "a/b",
  "a".repeat(64),
];

export const oddNumbers: readonly number[] = [
  0,
  -0,
  -1,
  1,
  0.5,
  1e308,
  -1e308,
  5e-324,
  2 ** 31,
  2 ** 53,
  2 ** 53 + 2,
  -(2 ** 63),
];

/** Any JSON value. */
export function anyValue(random: Random, depth = 0): unknown {
  switch (random.below(depth > 3 ? 5 : 7)) {
    case 0:
      return null;
    case 1:
      return random.chance(0.5);
    case 2:
      return random.pick(oddNumbers);
    case 3:
    case 4:
      return random.pick(oddTexts);
    case 5:
      return Array.from({ length: random.below(4) }, () => anyValue(random, depth + 1));
    default:
      return Object.fromEntries(
        Array.from({ length: random.below(4) }, () => [random.pick(oddTexts), anyValue(random, depth + 1)]),
      );
  }
}

/** The value with one of its parts, somewhere inside, left out or replaced by another. */
export function mutate(value: unknown, random: Random): unknown {
  if (typeof value !== "object" || value === null || random.chance(0.15)) return anyValue(random);
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...value }) as Record<string, unknown>;
  const keys = Object.keys(copy);
  const key = keys.length === 0 || random.chance(0.1) ? random.pick(oddTexts) : random.pick(keys);
  if (random.chance(0.15)) delete copy[key];
  else copy[key] = mutate(copy[key], random);
  return copy;
}
