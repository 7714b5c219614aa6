// Which parameters matter: a small random forest learns the score of a trial from its parameters, and each parameter
// counts for as much as the forest errs more when that parameter's values are mixed up among trials it has not seen.
import type { Value } from "./axis.ts";
import type { Goal, Point } from "./points.ts";

export interface Importance {
  name: string;
  /** Of all parameters together: 0 to 1. */
  share: number;
  /** Of numbers: −1 to 1, by ranks; above 0 when greater values went with better scores. */
  tendency: number | undefined;
}

/** With fewer, chance says more than the parameters. */
export const leastTrials = 10;
/** More of them change little and take long. */
const mostTrials = 500;
const trees = 64;
const mostDepth = 8;
const leastLeaf = 2;

export function importanceOf(
  points: readonly Point[],
  names: readonly string[],
  goal: Goal,
): Importance[] | undefined {
  const scored = points.filter(
    (point): point is Point & { score: number } => point.score !== null && Number.isFinite(point.score),
  );
  const used = scored.slice(-mostTrials);
  const varied = names.filter((name) => new Set(used.map(({ values }) => values[name])).size > 1);
  if (used.length < leastTrials || varied.length === 0) return undefined;
  // Ranks, so that a few very bad scores do not drown the rest.
  const goodness = ranks(used.map(({ score }) => (goal === "minimize" ? -score : score)));
  const columns = varied.map((name) => used.map(({ values }) => values[name]));
  const harm = harmOfMixing(columns, goodness);
  const sum = harm.reduce((total, one) => total + one, 0);
  return varied
    .map((name, index) => ({
      name,
      share: sum === 0 ? 0 : harm[index]! / sum,
      tendency: tendencyOf(columns[index]!, goodness),
    }))
    .sort((a, b) => b.share - a.share);
}

type Column = readonly (Value | undefined)[];

function harmOfMixing(columns: readonly Column[], target: readonly number[]): number[] {
  const next = createRandom(17);
  const count = target.length;
  const harm = columns.map(() => 0);
  for (let tree = 0; tree < trees; tree++) {
    const drawn = Array.from({ length: count }, () => Math.floor(next() * count));
    const isDrawn = new Set(drawn);
    const unseen = target.map((_, row) => row).filter((row) => !isDrawn.has(row));
    if (unseen.length < 2) continue;
    const root = grow(columns, target, drawn, next, 0);
    const error = (mixed: number, order: readonly number[]) =>
      unseen.reduce((sum, row, index) => {
        const guess = foretell(root, (column) => columns[column]![column === mixed ? order[index]! : row]);
        return sum + (guess - target[row]!) ** 2;
      }, 0) / unseen.length;
    const plain = error(-1, unseen);
    for (const column of columns.keys())
      harm[column]! += (error(column, shuffled(unseen, next)) - plain) / trees;
  }
  return harm.map((one) => Math.max(0, one));
}

type Tree =
  | { guess: number }
  | { column: number; isYes: (value: Value | undefined) => boolean; yes: Tree; no: Tree };

function foretell(tree: Tree, valueOf: (column: number) => Value | undefined): number {
  let at = tree;
  while (!("guess" in at)) at = at.isYes(valueOf(at.column)) ? at.yes : at.no;
  return at.guess;
}

function grow(
  columns: readonly Column[],
  target: readonly number[],
  rows: readonly number[],
  next: () => number,
  depth: number,
): Tree {
  const guess = rows.reduce((sum, row) => sum + target[row]!, 0) / rows.length;
  if (depth >= mostDepth || rows.length < 2 * leastLeaf) return { guess };
  const tried = shuffled([...columns.keys()], next).slice(
    0,
    Math.max(1, Math.ceil((columns.length * 2) / 3)),
  );
  let best: { column: number; isYes: (value: Value | undefined) => boolean; gain: number } | undefined;
  for (const column of tried) {
    const split = bestSplit(columns[column]!, target, rows);
    if (split && split.gain > (best?.gain ?? 1e-12)) best = { column, ...split };
  }
  if (!best) return { guess };
  const { column, isYes } = best;
  const yes = rows.filter((row) => isYes(columns[column]![row]));
  const no = rows.filter((row) => !isYes(columns[column]![row]));
  return {
    column,
    isYes,
    yes: grow(columns, target, yes, next, depth + 1),
    no: grow(columns, target, no, next, depth + 1),
  };
}

/** Numbers are split at a limit, words by being one of them or not. */
function bestSplit(column: Column, target: readonly number[], rows: readonly number[]) {
  const isNumeric = rows.every((row) => typeof column[row] === "number");
  const total = rows.reduce((sum, row) => sum + target[row]!, 0);
  let best: { isYes: (value: Value | undefined) => boolean; gain: number } | undefined;
  const consider = (sum: number, count: number, isYes: (value: Value | undefined) => boolean) => {
    const rest = rows.length - count;
    if (count < leastLeaf || rest < leastLeaf) return;
    const gain = sum ** 2 / count + (total - sum) ** 2 / rest - total ** 2 / rows.length;
    if (gain > (best?.gain ?? 0)) best = { isYes, gain };
  };
  if (isNumeric) {
    const sorted = rows.toSorted((a, b) => (column[a] as number) - (column[b] as number));
    let sum = 0;
    for (const [index, row] of sorted.entries()) {
      sum += target[row]!;
      const here = column[row] as number;
      const after = sorted[index + 1];
      if (after === undefined || column[after] === here) continue;
      const limit = (here + (column[after] as number)) / 2;
      consider(sum, index + 1, (value) => typeof value === "number" && value <= limit);
    }
  } else {
    for (const word of new Set(rows.map((row) => column[row]))) {
      const having = rows.filter((row) => column[row] === word);
      consider(
        having.reduce((sum, row) => sum + target[row]!, 0),
        having.length,
        (value) => value === word,
      );
    }
  }
  return best;
}

/** Spearman's rank correlation. */
function tendencyOf(column: Column, goodness: readonly number[]): number | undefined {
  if (!column.every((value) => typeof value === "number")) return undefined;
  const a = ranks(column);
  const mean = (a.length - 1) / 2;
  let both = 0;
  let ofA = 0;
  let ofB = 0;
  for (const [index, rank] of a.entries()) {
    const x = rank - mean;
    const y = goodness[index]! - mean;
    both += x * y;
    ofA += x * x;
    ofB += y * y;
  }
  return ofA === 0 || ofB === 0 ? 0 : both / Math.sqrt(ofA * ofB);
}

/** From 0; equal numbers share the mean of their ranks. */
function ranks(numbers: readonly number[]): number[] {
  const sorted = [...numbers.keys()].sort((a, b) => numbers[a]! - numbers[b]!);
  const result = Array.from({ length: numbers.length }, () => 0);
  for (let from = 0; from < sorted.length;) {
    let to = from;
    while (to + 1 < sorted.length && numbers[sorted[to + 1]!] === numbers[sorted[from]!]) to++;
    for (let index = from; index <= to; index++) result[sorted[index]!] = (from + to) / 2;
    from = to + 1;
  }
  return result;
}

function shuffled(list: readonly number[], next: () => number): number[] {
  const result = [...list];
  for (let index = result.length - 1; index > 0; index--) {
    const other = Math.floor(next() * (index + 1));
    [result[index], result[other]] = [result[other]!, result[index]!];
  }
  return result;
}

/** Mulberry32: the same trials give the same picture each time. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
