// What may come next in a filter: keys, operators, values, by what stands before the caret.
import { stateGroups } from "./view.ts";
import type { RunKeys } from "./view.ts";

export interface Suggestion {
  text: string;
  /** What it is, small beside it. */
  about: string;
}

export interface Completion {
  /** What is replaced: from here up to the caret. */
  start: number;
  suggestions: Suggestion[];
}

const attributes: readonly Suggestion[] = [
  { text: "name", about: "as it is shown" },
  { text: "state", about: "Running, Failed, …" },
  { text: "experiment", about: "its name" },
  { text: "duration", about: "seconds" },
  { text: "start_time", about: "milliseconds since 1970" },
  { text: "end_time", about: "milliseconds since 1970" },
  { text: "user", about: "who started it" },
  { text: "run_id", about: "its id" },
  { text: "parent", about: "the id of its parent" },
  { text: "dataset.name", about: "of what was logged as input" },
];

const numeric = ["<", "<=", ">", ">=", "=", "!="];
const textual = ["=", "!=", "LIKE", "ILIKE"];
const most = 50;

/** The key as the grammar takes it: quoted where it has signs of its own. */
export const writeKey = (kind: string, name: string): string =>
  /^[\p{L}\p{N}_./-]+$/u.test(name) ? `${kind}.${name}` : `${kind}.\`${name}\``;

export function complete(
  text: string,
  caret: number,
  keys: RunKeys,
  experiments: readonly string[],
): Completion {
  const before = text.slice(0, caret);
  // The clause that the caret is in begins after the last AND.
  const clause = before.slice((/^.*\band\s+/is.exec(before)?.[0] ?? "").length);
  const parts =
    /^\s*((?:[\w.-]+\.)?(?:`[^`]*`?|"[^"]*"?|[\p{L}\p{N}_./-]*))(\s*)([<>=!]+|[a-z ]*[a-z])?(\s*)(.*)$/isu.exec(
      clause,
    );
  if (!parts) return { start: caret, suggestions: [] };
  const [, key = "", space = "", operator = "", , value = ""] = parts;
  if (space === "" && operator === "") return matching(key, caret, listKeys(keys));
  const isNumber = /^(metrics?\.|m(in|ax)\.|duration$|start_time$|end_time$)/.test(key);
  const known = isNumber ? numeric : /^(state|experiment|run_id)$/.test(key) ? [...textual, "IN"] : textual;
  const isWhole = known.some((one) => one === operator.toUpperCase());
  if (!isWhole) {
    return matching(
      operator,
      caret,
      known.map((one) => ({ text: one, about: "" })),
    );
  }
  if (/^('[^']*'|"[^"]*"|-?[\d.]+(e[+-]?\d+)?|\(.*\))\s+\w*$/is.test(value)) {
    return matching(/\w*$/.exec(value)![0], caret, [{ text: "AND", about: "and also" }]);
  }
  const values =
    key === "state" ? Object.values(stateGroups).flat() : key === "experiment" ? experiments : [];
  return matching(
    value,
    caret,
    values.map((one) => ({ text: `'${one}'`, about: "" })),
  );
}

const listKeys = (keys: RunKeys): Suggestion[] => [
  ...attributes,
  ...keys.metrics.map((name) => ({ text: writeKey("metrics", name), about: "metric, latest value" })),
  ...keys.params.map((name) => ({ text: writeKey("params", name), about: "param" })),
  ...keys.tags.map((name) => ({ text: writeKey("tags", name), about: "tag" })),
  ...keys.metrics.map((name) => ({ text: writeKey("min", name), about: "metric, least value" })),
  ...keys.metrics.map((name) => ({ text: writeKey("max", name), about: "metric, greatest value" })),
];

/** Those that begin with what was typed first, then those that hold it. */
function matching(typed: string, caret: number, all: readonly Suggestion[]): Completion {
  const start = caret - typed.length;
  const low = typed.toLowerCase();
  const ranked = all
    .map((one) => ({ one, at: one.text.toLowerCase().indexOf(low) }))
    .filter(({ one, at }) => at >= 0 && one.text.toLowerCase() !== low)
    .toSorted((a, b) => Number(a.at > 0) - Number(b.at > 0));
  return { start, suggestions: ranked.slice(0, most).map(({ one }) => one) };
}

/** Text without any operator is looked for in names. */
export function filterOf(text: string): string {
  const typed = text.trim();
  if (typed === "" || /[<>=]|\b(like|ilike|in|is)\b/i.test(typed)) return typed;
  return typed.includes("'") ? typed : `name ILIKE '%${typed}%'`;
}
