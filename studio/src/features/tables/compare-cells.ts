// The order of cells of any kind: numbers by value, then texts as people sort them, then what is missing.

const collator = new Intl.Collator("en", { numeric: true });

export function compareCells(a: unknown, b: unknown): number {
  if (typeof a === "number" && typeof b === "number") return order(a) - order(b) || 0;
  const [rankA, rankB] = [rankOf(a), rankOf(b)];
  if (rankA !== rankB) return rankA - rankB;
  return collator.compare(textOf(a), textOf(b));
}

/** NaN stands after every number. */
const order = (value: number): number => (Number.isNaN(value) ? Number.MAX_VALUE : value);

const rankOf = (value: unknown): number =>
  typeof value === "number" ? 0 : value === null || value === undefined || value === "" ? 2 : 1;

const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
