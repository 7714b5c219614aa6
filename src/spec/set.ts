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

function applyOne(root: MapNode, assignment: string): Problem | undefined {
  const shown = `--set ${assignment.length > 80 ? `${assignment.slice(0, 79)}…` : assignment}`;
  const refuse = (path: string, message: string, hint: string): Problem => ({
    file: shown,
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
  const folder = root.source.folder;
  const source: Source = {
    shown,
    file: undefined,
    folder,
    text: value,
    includedBy: root.source,
    hasLines: false,
  };
  let target = root;
  let path = "";
  for (const step of steps.slice(0, -1)) {
    path = joinPath(path, step);
    const next = target.entries.get(step)?.value;
    if (next?.kind === "map") target = next;
    else if (next === undefined || (next.kind === "scalar" && next.value === null)) {
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
    if ("node" in parsed) return parsed.node;
  }
  const isScalar = /^(?:null|~|true|false|[-+.\w]*\d[-+.\w]*|[-+]?\.(?:inf|nan))$/i.test(text);
  const resolved: unknown = isScalar ? parseDocument(text).toJS() : text;
  const value =
    typeof resolved === "number" || typeof resolved === "boolean" || resolved === null ? resolved : text;
  return { kind: "scalar", ...span, value, text, literalBlock: false };
}
