// Pieces of a parsed YAML text while it is rewritten: each knows the text it came from, so that paths and warnings stay right.
import { isMap, isNode, isScalar, Pair, parseDocument, Scalar, visit, YAMLMap, type Document } from "yaml";
import path from "node:path";
import type { Problem } from "../text/problem.ts";
import { readSource, type Source } from "../text/source.ts";
import { problemAt } from "../text/tree.ts";

export interface Part {
  node: unknown;
  source: Source;
  /** Such as `inputs.table`, for warnings. */
  path: string;
}

export interface Conversion {
  /** Where the paths of the result start. */
  outFolder: string;
  warnings: Problem[];
}

export interface MapPart extends Part {
  node: YAMLMap;
}

/** The mapping that a part is or, by `file:`, names; undefined when it is none. */
export function mapOfPart(part: Part | undefined): MapPart | undefined {
  const target = part && followPart(part);
  return target && isMap(target.node) ? { ...target, node: target.node } : undefined;
}

/** `file:x.yml` stands for that file's content. The file has been read without a fault before. */
export function followPart(part: Part): Part {
  const written = textOf(part);
  if (!written?.startsWith("file:")) return part;
  const file = path.resolve(part.source.folder, written.slice("file:".length).trim());
  const read = readSource(file, file, part.source);
  if ("problem" in read) return part;
  return followPart({
    node: expandAliases(parseDocument(read.source.text)).contents,
    source: read.source,
    path: part.path,
  });
}

export function child(part: MapPart, key: string): Part | undefined {
  const pair = part.node.items.find((item) => keyOf(item) === key);
  if (!pair || isNothing(pair.value)) return undefined;
  return { node: pair.value, source: part.source, path: part.path === "" ? key : `${part.path}.${key}` };
}

export const keysOf = (part: MapPart): string[] => part.node.items.map(keyOf);

export const keyOf = (pair: Pair): string => (isScalar(pair.key) ? String(pair.key.value) : "");

const isNothing = (node: unknown): boolean => node == null || (isScalar(node) && node.value === null);

export function textOf(part: Part | undefined): string | undefined {
  return isScalar(part?.node) && typeof part.node.value === "string" ? part.node.value : undefined;
}

export function numberOf(part: Part | undefined): number | undefined {
  return isScalar(part?.node) && typeof part.node.value === "number" ? part.node.value : undefined;
}

/** The part's node for the result: with its comments, without what ties it to its old place. */
export function moved(part: Part): unknown {
  if (isScalar(part.node) || isMap(part.node)) delete part.node.spaceBefore;
  return part.node;
}

/** A new scalar that takes over the old one's comments and its kind of quotes. */
export function scalarLike(part: Part, value: string | number): Scalar {
  const scalar = new Scalar(value);
  if (isScalar(part.node)) {
    if (part.node.comment != null) scalar.comment = part.node.comment;
    if (part.node.commentBefore != null) scalar.commentBefore = part.node.commentBefore;
    if (part.node.type?.startsWith("QUOTE_") && typeof value === "string") scalar.type = part.node.type;
  }
  return scalar;
}

export function newPair(key: string, value: unknown, commentBefore?: string): Pair {
  const name = new Scalar(key);
  if (commentBefore !== undefined && commentBefore !== "") name.commentBefore = commentBefore;
  return new Pair(name, value);
}

export function newMap(pairs: readonly Pair[], like?: YAMLMap): YAMLMap {
  const map = new YAMLMap();
  map.items.push(...pairs);
  if (like?.flow === true) map.flow = true;
  return map;
}

/** The comments inside a mapping that is about to become a single value, but for those of the value itself. */
export function innerComments(map: YAMLMap, kept: string): string {
  const ofKeys = map.items.flatMap((pair) => [
    isScalar(pair.key) ? pair.key.commentBefore : undefined,
    keyOf(pair) !== kept && isScalar(pair.value) ? pair.value.comment : undefined,
  ]);
  return [map.commentBefore, ...ofKeys, map.comment].filter((text) => text != null).join("\n");
}

export function warnAt(part: Part, to: Conversion, message: string, hint?: string): void {
  const [start = 0, end = start] = rangeOf(part.node);
  const lineEnd = part.source.text.indexOf("\n", start);
  const length = Math.min(end, lineEnd < 0 ? end : lineEnd) - start;
  to.warnings.push(problemAt(part.source, start, length, part.path, message, hint));
}

export function rangeOf(node: unknown): readonly number[] {
  return typeof node === "object" && node !== null && "range" in node && Array.isArray(node.range)
    ? node.range.filter((offset) => typeof offset === "number")
    : [];
}

/** Writes out what aliases and merges (`<<`) stand for, because a changed mapping must not change its twin. */
export function expandAliases(document: Document.Parsed): Document.Parsed {
  if (!hasAliases(document)) return document;
  visit(document, {
    Alias(_, alias) {
      const copy: unknown = alias.resolve(document)?.clone();
      return isNode(copy) ? copy : undefined;
    },
  });
  visit(document, {
    Map(_, map) {
      map.items = map.items.flatMap((pair) => (keyOf(pair) === "<<" ? mergedInto(map, pair.value) : [pair]));
    },
  });
  visit(document, {
    Node(_, node) {
      if ("anchor" in node) delete node.anchor;
    },
  });
  return document;
}

function mergedInto(map: YAMLMap, value: unknown): Pair[] {
  const sources = isMap(value)
    ? [value]
    : typeof value === "object" && value !== null && "items" in value && Array.isArray(value.items)
      ? value.items.filter((item) => isMap(item))
      : [];
  const own = new Set(map.items.map(keyOf));
  return sources.flatMap((source) =>
    source.items.filter((pair) => {
      const isNew = !own.has(keyOf(pair));
      own.add(keyOf(pair));
      return isNew;
    }),
  );
}

export function hasAliases(document: Document.Parsed): boolean {
  let found = false;
  visit(document, {
    Alias() {
      found = true;
      return visit.BREAK;
    },
  });
  return found;
}
