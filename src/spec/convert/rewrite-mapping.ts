// Rewrites a block mapping key by key. What does not change stays as it is to the letter: folds, quotes, blank lines, comments.
import { Document, isScalar, type Pair, type YAMLMap } from "yaml";
import { newMap, rangeOf } from "./yaml-parts.ts";

/** For one key: as it is, or other keys in its place; `raw` is the text for them where there is a better one than rendering. */
export type Change = "keep" | { pairs: Pair[]; raw?: string };

export interface Rewriting {
  text: string;
  /** Of the whole text, because a single `{ a: 1 }` sets the style. */
  padded: boolean;
}

/** The mapping's text from its first key (or what stands before it in the text, for a root) to its end. */
export function rewriteMapping(
  map: YAMLMap,
  rewriting: Rewriting,
  options: { from: number; changeOf: (pair: Pair) => Change },
): string {
  const { text } = rewriting;
  const { changeOf } = options;
  const indent = columnOf(text, rangeOf(map.items[0]?.key)[0] ?? options.from);
  let at = options.from;
  let result = "";
  for (const pair of map.items) {
    const start = rangeOf(pair.key)[0] ?? at;
    const end = endOfPair(pair, text);
    result += text.slice(at, start);
    const change = changeOf(pair);
    if (change === "keep") result += text.slice(start, end);
    else if (change.raw !== undefined) result += change.raw;
    else {
      const rendered = renderPairs(change.pairs, indent, rewriting.padded);
      // The column of the key stands there already; without a key it must go.
      result = rendered === "" ? result.replace(/[ ]+$/, "") : result + rendered.slice(indent);
    }
    at = end;
  }
  return result;
}

/** Lines of YAML, each indented, the last one ended. */
export function renderPairs(pairs: readonly Pair[], indent: number, padded: boolean): string {
  if (pairs.length === 0) return "";
  const document = new Document(newMap(pairs));
  const lines = document.toString({ lineWidth: 0, flowCollectionPadding: padded }).split("\n");
  const space = " ".repeat(indent);
  return lines.map((line) => (line === "" ? line : space + line)).join("\n");
}

/** Up to the end of the line that its value ends on, comment and all. */
export function endOfPair(pair: Pair, text: string): number {
  const key = rangeOf(pair.key);
  const value = rangeOf(pair.value);
  const end = Math.max(key[1] ?? 0, value[1] ?? 0);
  if (text[end - 1] === "\n" && isBlock(pair)) return end;
  const newline = text.indexOf("\n", end);
  return newline < 0 ? text.length : newline + 1;
}

const isBlock = (pair: Pair): boolean =>
  typeof pair.value === "object" &&
  pair.value !== null &&
  !(isScalar(pair.value) && !pair.value.type?.startsWith("BLOCK_"));

export function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf("\n", offset - 1) + 1);
}
