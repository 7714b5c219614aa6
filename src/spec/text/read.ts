// Small readers that turn a part of the tree into a typed value, and note every fault on the way instead of stopping.
// A reader answers undefined when it has noted a fault, so the caller leaves that part out and reads on.
import { nearestName } from "../../core/names.ts";
import { followFile } from "./follow-file.ts";
import { found, isNull, note, noteExpected, withAdvice, type Place, type Reading } from "./notes.ts";
import { joinPath, problemAt, type MapNode, type Node } from "./tree.ts";

export type Reader<T> = (place: Place, reading: Reading) => T | undefined;

export const text: Reader<string> = (place, reading) => {
  const { node } = place;
  if (node.kind === "scalar" && typeof node.value === "string") return node.value;
  const isPlain = node.kind === "scalar" && node.value !== null;
  const hint = isPlain ? `Put it in quotes: "${node.text}".` : undefined;
  return noteExpected(place, reading, "a text", { hint });
};

/** A text in a map of texts, where people write numbers and booleans too: those stay as written. */
export const looseText: Reader<string> = (place, reading) => {
  const { node } = place;
  if (node.kind !== "scalar") return noteExpected(place, reading, "a text");
  if (node.value === null && node.text === "") {
    return noteExpected(place, reading, "a text", { hint: 'Write "" for an empty one.' });
  }
  return typeof node.value === "string" ? node.value : node.text;
};

export const nonEmptyText: Reader<string> = (place, reading) => {
  const value = text(place, reading);
  return value?.trim() === "" ? noteExpected(place, reading, "a text that is not empty") : value;
};

export const boolean: Reader<boolean> = (place, reading) => {
  const { node } = place;
  return node.kind === "scalar" && typeof node.value === "boolean"
    ? node.value
    : noteExpected(place, reading, "true or false");
};

export const numberFrom =
  (least: number, options: { whole: boolean; most?: number; above?: boolean }): Reader<number> =>
  (place, reading) => {
    const { node } = place;
    const { whole, most = Number.MAX_SAFE_INTEGER, above = false } = options;
    const value = node.kind === "scalar" ? node.value : undefined;
    const isFine =
      typeof value === "number" &&
      (above ? value > least : value >= least) &&
      value <= most &&
      (!whole || Number.isInteger(value));
    if (isFine) return value;
    const range = most === Number.MAX_SAFE_INTEGER ? `${least} or more` : `${least} to ${most}`;
    const expected = `a ${whole ? "whole " : ""}number${above ? ` above ${least}` : `, ${range}`}`;
    const isQuoted = typeof value === "string" && /^[\d.]+$/.test(value);
    return noteExpected(place, reading, expected, { hint: isQuoted ? "Remove the quotes." : undefined });
  };

export const count = numberFrom(1, { whole: true, most: 100_000 });
export const countOrNone = numberFrom(0, { whole: true, most: 100_000 });

/** One of a few words. The result is the word as listed, whatever its case in the file where case is free. */
export const oneOf =
  <T extends string>(words: readonly T[], options: { anyCase?: boolean } = {}): Reader<T> =>
  (place, reading) => {
    const { node } = place;
    const value = node.kind === "scalar" ? node.value : undefined;
    const match = words.find(
      (word) =>
        word === value ||
        (options.anyCase === true && typeof value === "string" && word.toLowerCase() === value.toLowerCase()),
    );
    if (match !== undefined) return match;
    const nearest = typeof value === "string" ? nearestName(value, words) : undefined;
    return note(place, reading, `${found(node)}; allowed: ${words.join(", ")}`, { nearest });
  };

export interface Field<T> {
  read: Reader<T>;
  required?: boolean;
}

export const required = <T>(read: Reader<T>): Field<T> => ({ read, required: true });

/** Accepted and not looked at: keys that a server fills in, which come back when a shown file is used again. */
export const ignored: Reader<never> = () => undefined;

export type FieldTable = Record<string, Reader<unknown> | Field<unknown>>;
export type Fields<Table extends FieldTable> = {
  [Key in keyof Table]: Table[Key] extends Reader<infer T> | Field<infer T> ? T | undefined : never;
};

/** Reads a closed mapping: every key must be in the table; null stands for an optional key left out. */
export function readFields<Table extends FieldTable>(
  place: Place,
  table: Table,
  reading: Reading,
): Fields<Table> | undefined {
  const mapping = asMapping(place, reading);
  if (!mapping) return undefined;
  const values: Record<string, unknown> = {};
  for (const key of mapping.node.entries.keys()) {
    if (!Object.hasOwn(table, key)) noteUnknownKey(mapping, key, table, reading);
  }
  for (const [key, field] of Object.entries(table)) {
    const { read, required = false } = typeof field === "function" ? { read: field } : field;
    const child = childOf(mapping, key);
    if (child && (required || !isNull(child.node))) values[key] = read(child, reading);
    else if (required) noteMissing(mapping, key, table, reading);
  }
  return values as Fields<Table>;
}

export interface MapPlace extends Place {
  node: MapNode;
}

export function asMapping(place: Place, reading: Reading): MapPlace | undefined {
  const target = followFile(place, reading);
  if (!target) return undefined;
  const { node, path } = target;
  if (node.kind === "map") return { node, path };
  return noteExpected(target, reading, path === "" ? "a mapping of keys to values" : "a mapping");
}

export function childOf({ node, path }: MapPlace, key: string): Place | undefined {
  const entry = node.entries.get(key);
  return entry && { node: entry.value, path: joinPath(path, key) };
}

function noteUnknownKey({ node, path }: MapPlace, key: string, table: FieldTable, reading: Reading): void {
  const at = node.entries.get(key)!.key;
  const nearest = nearestName(key, Object.keys(table));
  const allowed = Object.keys(table).filter((name) => !name.startsWith("$") && table[name] !== ignored);
  const message = `unknown key; allowed: ${allowed.join(", ")}`;
  const problem = problemAt(at.source, at.start, at.end - at.start, joinPath(path, key), message);
  reading.problems.push(withAdvice(problem, { nearest }));
}

function noteMissing({ node, path }: MapPlace, key: string, table: FieldTable, reading: Reading): void {
  const strangers = [...node.entries.keys()].filter((name) => !Object.hasOwn(table, name));
  const misspelled = nearestName(key, strangers);
  const message = `the required key ${key} is missing`;
  const hint = misspelled === undefined ? undefined : `Perhaps ${misspelled} was meant to be ${key}.`;
  reading.problems.push(withAdvice(problemAt(node.source, node.start, 1, path, message), { hint }));
}

export const mapOf =
  <T>(read: Reader<T>, nameProblem?: (name: string) => string | undefined): Reader<Record<string, T>> =>
  (place, reading) => {
    const mapping = asMapping(place, reading);
    if (!mapping) return undefined;
    const values: [string, T][] = [];
    for (const [key, entry] of mapping.node.entries) {
      const child = { node: entry.value, path: joinPath(mapping.path, key) };
      const wrong = nameProblem?.(key);
      if (wrong !== undefined)
        note({ node: { ...entry.value, ...entry.key }, path: child.path }, reading, wrong);
      const value = read(child, reading);
      if (value !== undefined) values.push([key, value]);
    }
    return Object.fromEntries(values);
  };

export const listOf =
  <T>(read: Reader<T>): Reader<T[]> =>
  (place, reading) => {
    const { node, path } = place;
    if (node.kind !== "list") return noteExpected(place, reading, "a list");
    return node.items
      .map((item, index) => read({ node: item, path: `${path}[${index}]` }, reading))
      .filter((value) => value !== undefined);
  };

/** Anything at all, as plain values. */
export const anything: Reader<unknown> = ({ node }) => plainValue(node);

function plainValue(node: Node): unknown {
  if (node.kind === "scalar") return node.value;
  if (node.kind === "list") return node.items.map(plainValue);
  return Object.fromEntries([...node.entries].map(([key, { value }]) => [key, plainValue(value)]));
}

/** The same without its undefined members. */
export function defined<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>;
}

type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};
