// `--set a.b=c`: changes the document before anything else looks at it.
import { parseDocument } from "yaml";
import type { Problem } from "./problem.ts";
import { isReference } from "./reference.ts";
import type { Source } from "./source.ts";
import { joinPath, parseTree, type MapEntry, type MapNode, type Node } from "./tree.ts";

/** Changes `root` in place. Every argument is tried, so that all faults are told at once. */
export function applySet(root: MapNode, assignments: readonly string[]): Problem[] {
  return assignments.flatMap((assignment) => applyOne(root, assignment) ?? []);
}

/** A flag that has a key of its own, such as `--name x`; it wins over the file. */
export interface Flag {
  key: string;
  value: string;
  /** As the user wrote it, `--name x`. */
  shown: string;
  /** Keys of the file that say the same in another way. */
  replaces?: readonly string[];
}

/** The value is text whatever it looks like. */
export function applyFlag(root: MapNode, { key, value, shown, replaces = [] }: Flag, folder: string): void {
  for (const other of replaces) root.entries.delete(other);
  const source = { ...argumentSource(root, shown), text: value, folder };
  const span = { source, start: 0, end: value.length };
  root.entries.set(key, entryOf({ kind: "scalar", ...span, value, text: value, literalBlock: false }));
}

const argumentSource = (root: MapNode, shown: string): Source => ({
  shown: shown.length > 80 ? `${shown.slice(0, 79)}…` : shown,
  file: undefined,
  folder: root.source.folder,
  text: "",
  includedBy: root.source,
  hasLines: false,
});

function applyOne(root: MapNode, assignment: string): Problem | undefined {
  const argument = argumentSource(root, `--set ${assignment}`);
  const refuse = (path: string, message: string, hint: string): Problem => ({
    file: argument.shown,
    path,
    message,
    hint,
  });
  const equals = assignment.indexOf("=");
  const steps = assignment.slice(0, Math.max(0, equals)).split(".");
  if (equals < 0 || steps.some((step) => step.trim() === "")) {
    return refuse("", "found no <path>=<value>", "Write --set compute.target=local, for example.");
  }
  if (steps.includes("__proto__")) return refuse("", "__proto__ is a key that is not allowed", "Remove it.");

  const value = assignment.slice(equals + 1);
  const source: Source = { ...argument, text: value };
  let target = root;
  let path = "";
  for (const step of steps.slice(0, -1)) {
    path = joinPath(path, step);
    const next = target.entries.get(step)?.value;
    if (next?.kind === "map") {
      // A copy, because an alias elsewhere may share the mapping.
      const copy: MapNode = { ...next, entries: new Map(next.entries) };
      target.entries.set(step, { ...target.entries.get(step)!, value: copy });
      target = copy;
    } else if (next === undefined || (next.kind === "scalar" && next.value === null)) {
      const created: MapNode = { kind: "map", entries: new Map(), source, start: 0, end: value.length };
      target.entries.set(step, entryOf(created));
      target = created;
    } else return refuse(path, `--set cannot go into ${nameOf(next)}`, adviceFor(path, next));
  }
  target.entries.set(steps.at(-1)!, entryOf(parseValue(source)));
}

const entryOf = (value: Node): MapEntry => ({
  key: { source: value.source, start: value.start, end: value.end },
  value,
});

function nameOf(node: Node): string {
  if (node.kind !== "scalar") return "a list";
  return isReferenceText(node.value)
    ? `the reference ${JSON.stringify(node.value)}`
    : `the value ${JSON.stringify(node.value)}`;
}

const isReferenceText = (value: unknown): boolean =>
  typeof value === "string" && (isReference(value) || value.startsWith("file:"));

const adviceFor = (path: string, node: Node): string =>
  node.kind === "scalar" && isReferenceText(node.value)
    ? `Set the whole of it (--set ${path}=…), or change what it refers to.`
    : `Set the whole of it: --set ${path}=….`;

/** JSON, or one YAML scalar; anything else is text, so that a command may hold colons and braces. */
function parseValue(source: Source): Node {
  const { text } = source;
  const span = { source, start: 0, end: text.length };
  const isPlaceholder = /^\{(inputs|outputs|search_space)\.[\w.-]+\}/.test(text);
  if (/^\s*[[{"']/.test(text) && !isPlaceholder) {
    const parsed = parseTree(source);
    if (parsed.node && parsed.problems.length === 0) return parsed.node;
  }
  const isWord = /^(?:null|~|true|false|[-+]?\.(?:inf|nan))$/i.test(text);
  const isNumber = /^[-+.\w]+$/.test(text) && /\d/.test(text);
  const resolved: unknown = isWord || isNumber ? parseDocument(text).toJS() : text;
  const value =
    typeof resolved === "number" || typeof resolved === "boolean" || resolved === null ? resolved : text;
  return { kind: "scalar", ...span, value, text, literalBlock: false };
}
