// A YAML text as a small tree that knows where each part stands, within limits that no honest file meets.
import { isAlias, isMap, isScalar, isSeq, Lexer, parseDocument, type YAMLMap } from "yaml";
import { nearestName } from "../../core/names.ts";
import { quoted, type Problem } from "./problem.ts";
import { positionIn, type Source } from "./source.ts";

interface Span {
  source: Source;
  start: number;
  end: number;
}

export type ScalarValue = string | number | boolean | null;

export interface ScalarNode extends Span {
  kind: "scalar";
  value: ScalarValue;
  /** As written, without quotes: `1.10` stays `1.10`. */
  text: string;
  /** Written as a block with `|`, so its line ends count. */
  literalBlock: boolean;
}

export interface MapEntry {
  /** Where the key stands. */
  key: Span;
  value: Node;
}

export interface MapNode extends Span {
  kind: "map";
  entries: Map<string, MapEntry>;
}

export interface ListNode extends Span {
  kind: "list";
  items: Node[];
}

export type Node = ScalarNode | MapNode | ListNode;

/** Far beyond any job file, near enough to keep parsing within a tenth of a second. */
const mostTokens = 30_000;
const mostNodes = 20_000;
const deepest = 64;
const mostSyntaxProblems = 20;

/** Without a node when the text is no YAML; problems beside a node are duplicate keys. */
export interface Parsed {
  node?: Node;
  problems: Problem[];
}

export function parseTree(source: Source): Parsed {
  const excess = measureTokens(source.text);
  if (excess) return { problems: [problemAt(source, excess.offset, 1, "", excess.message)] };

  const document = parseDocument(source.text, { uniqueKeys: false, prettyErrors: false });
  if (document.errors.length > 0) {
    const problems = document.errors.slice(0, mostSyntaxProblems).map((error) => {
      const [start, end] = error.pos;
      const { message, hint } = describeSyntaxError(error.code, error.message);
      return problemAt(source, start, end - start, "", message, hint);
    });
    return { problems };
  }
  return buildTree(source, document.contents);
}

/** Looks at the tokens before anything recursive sees them. */
function measureTokens(text: string): { offset: number; message: string } | undefined {
  let count = 0;
  let depth = 0;
  let offset = 0;
  let dashes = 0;
  for (const token of new Lexer().lex(text)) {
    if (++count > mostTokens)
      return { offset, message: `is too long: more than ${mostTokens} words and marks` };
    if (token === "[" || token === "{") depth++;
    else if (token === "]" || token === "}") depth = Math.max(0, depth - 1);
    else if (token === "-" || token === "?") dashes++;
    else if (token.startsWith("\n") || token.startsWith("\r")) dashes = 0;
    if (depth + dashes > deepest) return { offset, message: tooDeep };
    // The lexer's own marks (byte order mark, document, scalar) stand for no text.
    if (token !== "\u0002" && token !== "\u0018" && token !== "\u001f") offset += token.length;
  }
  return undefined;
}

const tooDeep = `is nested more than ${deepest} levels deep`;

function describeSyntaxError(code: string, message: string): { message: string; hint?: string } {
  switch (code) {
    case "RESOURCE_EXHAUSTION":
      return { message: tooDeep };
    case "TAB_AS_INDENT":
      return {
        message: "is indented with a tab; YAML allows spaces only",
        hint: "Replace the tab by spaces.",
      };
    case "MULTIPLE_DOCS":
      return {
        message: "starts a second document; expected one",
        hint: "Put each job in a file of its own, or remove the line with ---.",
      };
    case "BLOCK_AS_IMPLICIT_KEY":
      return {
        message: "is not valid YAML: a second `: ` in one line",
        hint: "Put the value in quotes, or on lines of its own after `>-`.",
      };
    default:
      return { message: `is not valid YAML: ${message}` };
  }
}

class TreeFault extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

function buildTree(source: Source, root: unknown): Parsed {
  const problems: Problem[] = [];
  const anchors = new Map<string, { node: Node | undefined; nodes: number }>();
  let nodes = 0;

  const fault = (range: Range, path: string, message: string, hint?: string) =>
    new TreeFault(problemAt(source, range[0], range[1] - range[0], path, message, hint));

  const build = (item: unknown, path: string, depth: number): Node => {
    const range = rangeOf(item);
    if (depth > deepest) throw fault(range, path, tooDeep);
    if (isAlias(item)) return follow(item.source, range, path);
    const before = nodes;
    if (++nodes > mostNodes) throw fault(range, path, tooMany);
    const tag = tagOf(item);
    if (tag !== undefined) throw fault(range, path, `has the tag ${quoted(tag)}; tags are not allowed`);
    const anchor = anchorOf(item);
    if (anchor !== undefined) anchors.set(anchor, { node: undefined, nodes: 0 });
    const node = isMap(item)
      ? buildMap(item, range, path, depth)
      : isSeq(item)
        ? {
            kind: "list" as const,
            ...spanOf(range),
            items: item.items.map((child, index) => build(child, `${path}[${index}]`, depth + 1)),
          }
        : buildScalar(item, range);
    if (anchor !== undefined) anchors.set(anchor, { node, nodes: nodes - before });
    return node;
  };

  const spanOf = (range: Range): Span => ({ source, start: range[0], end: range[1] });

  const buildScalar = (item: unknown, range: Range): ScalarNode => {
    const value = isScalar(item) ? item.value : null;
    const text = isScalar(item) ? (item.source ?? "") : "";
    const known = typeof value === "number" || typeof value === "boolean" || value === null;
    const literalBlock = isScalar(item) && item.type === "BLOCK_LITERAL";
    return { kind: "scalar", ...spanOf(range), value: known ? value : text, text, literalBlock };
  };

  const buildMap = (item: YAMLMap, range: Range, path: string, depth: number): MapNode => {
    const entries = new Map<string, MapEntry>();
    const merged: Node[] = [];
    for (const pair of item.items) {
      const keyRange = rangeOf(pair.key, range);
      if (!isScalar(pair.key) || pair.key.value === null) {
        throw fault(keyRange, path, "has a key that is not a plain word");
      }
      const key = pair.key.source ?? "";
      const keyPath = joinPath(path, key);
      const value = build(pair.value ?? { range: [keyRange[1], keyRange[1]] }, keyPath, depth + 1);
      if (key === "<<") merged.push(...(value.kind === "list" ? value.items : [value]));
      else if (key === "__proto__") throw fault(keyRange, keyPath, "is a key that is not allowed");
      else if (entries.has(key)) {
        const first = positionIn(source, entries.get(key)!.key.start).line;
        const message = `is given twice; the first is on line ${first}`;
        problems.push(problemAt(source, keyRange[0], keyRange[1] - keyRange[0], keyPath, message));
      } else entries.set(key, { key: spanOf(keyRange), value });
    }
    for (const other of merged) {
      if (other.kind !== "map") throw fault(range, path, "merges (<<) something that is not a mapping");
      for (const [key, entry] of other.entries) if (!entries.has(key)) entries.set(key, entry);
    }
    return { kind: "map", ...spanOf(range), entries };
  };

  const follow = (name: string, range: Range, path: string): Node => {
    const target = anchors.get(name);
    if (!target) {
      const nearest = nearestName(name, anchors.keys());
      const problem = problemAt(
        source,
        range[0],
        range[1] - range[0],
        path,
        `no anchor &${name} stands before`,
      );
      throw new TreeFault(nearest === undefined ? problem : { ...problem, nearest });
    }
    if (!target.node) throw fault(range, path, `*${name} stands inside &${name}: it would never end`);
    // An alias costs what it stands for, so a few lines cannot unfold into millions.
    nodes += target.nodes;
    if (nodes > mostNodes) throw fault(range, path, tooMany);
    return target.node;
  };

  try {
    const node = build(root ?? { range: [0, 0] }, "", 0);
    return { node, problems };
  } catch (error) {
    if (!(error instanceof TreeFault)) throw error;
    return { problems: [...problems, error.problem] };
  }
}

const tooMany = `unfolds into more than ${mostNodes} values`;

type Range = [number, number];

function rangeOf(item: unknown, otherwise: Range = [0, 0]): Range {
  if (typeof item !== "object" || item === null || !("range" in item) || !Array.isArray(item.range))
    return otherwise;
  const [start, end]: unknown[] = item.range;
  return typeof start === "number" && typeof end === "number" ? [start, end] : otherwise;
}

const plainTags = new Set(
  ["str", "int", "float", "bool", "null", "map", "seq"].map((tag) => `tag:yaml.org,2002:${tag}`),
);

function tagOf(item: unknown): string | undefined {
  if (!isMap(item) && !isSeq(item) && !isScalar(item)) return undefined;
  return item.tag === undefined || plainTags.has(item.tag) ? undefined : item.tag;
}

const anchorOf = (item: unknown): string | undefined =>
  isMap(item) || isSeq(item) || isScalar(item) ? item.anchor : undefined;

/** Keys that would read like more than one step are put in quotes. */
export function joinPath(path: string, key: string): string {
  const step = /^[\w$@/-]+$/.test(key) ? key : quoted(key);
  return path === "" ? step : `${path}.${step}`;
}

export function problemAt(
  source: Source,
  offset: number,
  length: number,
  path: string,
  message: string,
  hint?: string,
): Problem {
  const more = hint === undefined ? {} : { hint };
  if (!source.hasLines) return { file: source.shown, path, message, ...more };
  const { line, column, text } = positionIn(source, offset);
  return {
    file: source.shown,
    line,
    column,
    path,
    message,
    excerpt: { text, length: Math.max(1, length) },
    ...more,
  };
}
