// A command line as the user wrote it → text and holes, in the placeholder grammar of its dialect.
import type { Binding, Command, CommandPart } from "../core/command.ts";
import type { Dialect } from "../core/job-spec.ts";
import { nearestName } from "../core/names.ts";
import { cut, quoted } from "./text/problem.ts";
import { note, warn, type Place, type Reading } from "./text/notes.ts";
import { nonEmptyText } from "./text/read.ts";
import type { ScalarNode } from "./text/tree.ts";

/** The names that a command may mention; a search space only in the trial of a sweep. */
export interface Declared {
  inputs: readonly string[];
  outputs: readonly string[];
  search_space: readonly string[] | undefined;
}

export function readCommand(
  place: Place,
  dialect: Dialect,
  declared: Declared,
  reading: Reading,
): Command | undefined {
  const source = nonEmptyText(place, reading);
  if (source === undefined) return undefined;
  const problemsBefore = reading.problems.length;
  if (source.includes("\0")) note(place, reading, "holds a NUL character, which no shell can be given");
  const parts = dialect === "A" ? parseSingleBraces(source) : parseDoubleBraces(source);
  const mentions = new Map(
    mentionsIn(parts).map((mention) => [`${mention.binding}.${mention.name}`, mention]),
  );
  for (const mention of mentions.values()) {
    if (reading.problems.length >= problemsBefore + mostProblems) break;
    checkMention(mention, place, dialect, declared, reading);
  }
  if (dialect !== "A") noteUnknownExpressions(source, place, reading);
  if (place.node.kind === "scalar") lintLines(source, place, place.node, reading);
  return reading.problems.length === problemsBefore ? { source, parts } : undefined;
}

/** One command with more faults than this is another kind of text. */
const mostProblems = 20;

// `${inputs.x}` is the shell's own, and `${{inputs.x}}` another dialect's.
const singleBraces = /(?<!\$)(?<!\$\{)\{(inputs|search_space)\.([\w.-]+)\}/g;
const doubleBraces = /\$\{\{\s*(inputs|outputs|search_space)\.([\w.-]+)\s*\}\}/g;
const optionalSection = /\$\[\[((?:(?!\$\[\[|\]\])[\s\S])*)\]\]/g;

export const parseSingleBraces = (source: string): CommandPart[] =>
  split(source, singleBraces, binding, literal);

export const parseDoubleBraces = (source: string): CommandPart[] =>
  split(
    source,
    optionalSection,
    (match) => ({ optional: split(match[1]!, doubleBraces, binding, literal) }),
    (between) => split(between, doubleBraces, binding, literal),
  );

const binding = (match: RegExpExecArray): CommandPart => ({ binding: asBinding(match[1]!), name: match[2]! });
const literal = (text: string): CommandPart[] => [{ text }];
const asBinding = (word: string): Binding =>
  word === "inputs" || word === "outputs" ? word : "search_space";

function split(
  source: string,
  pattern: RegExp,
  onMatch: (match: RegExpExecArray) => CommandPart,
  onText: (text: string) => CommandPart[],
): CommandPart[] {
  const parts: CommandPart[] = [];
  let end = 0;
  for (const match of source.matchAll(pattern)) {
    if (match.index > end) parts.push(...onText(source.slice(end, match.index)));
    parts.push(onMatch(match));
    end = match.index + match[0].length;
  }
  if (end < source.length) parts.push(...onText(source.slice(end)));
  return parts;
}

interface Mention {
  binding: Binding;
  name: string;
}

export const mentionsIn = (parts: readonly CommandPart[]): Mention[] =>
  parts.flatMap((part) => ("text" in part ? [] : "optional" in part ? mentionsIn(part.optional) : [part]));

function checkMention(
  { binding, name }: Mention,
  place: Place,
  dialect: Dialect,
  declared: Declared,
  reading: Reading,
): void {
  const short = `${binding}.${cut(name, 60)}`;
  const written = dialect === "A" ? `{${short}}` : `\${{${short}}}`;
  const at = narrowed(place, `${binding}.${name}`);
  const known = declared[binding];
  if (known === undefined) {
    note(at, reading, `${written} has a value only in the trials of a sweep, and this is a command job`, {
      hint: `Declare ${name} under inputs, or write the value itself.`,
    });
    return;
  }
  if (known.includes(name)) return;
  const words = binding === "search_space" ? "parameters" : binding;
  const list = known.length === 0 ? `no ${words} are declared` : `declared ${words}: ${known.join(", ")}`;
  note(at, reading, `${written} names no declared ${words.slice(0, -1)}; ${list}`, {
    nearest: nearestName(name, known),
    hint: known.length === 0 ? `Declare ${name} under ${binding}.` : undefined,
  });
}

function noteUnknownExpressions(source: string, place: Place, reading: Reading): void {
  const isKnown = new RegExp(doubleBraces.source);
  const expressions = new Set([...source.matchAll(/\$\{\{[^{}]*\}\}/g)].map(([whole]) => whole));
  const unknown = [...expressions].filter((whole) => !isKnown.test(whole));
  for (const whole of unknown.slice(0, mostProblems)) {
    note(
      narrowed(place, whole),
      reading,
      `found ${quoted(whole)}; expected \${{inputs.<name>}} or \${{outputs.<name>}}`,
    );
  }
}

/** The same place, but pointing at `text` where the user wrote it. */
function narrowed(place: Place, text: string): Place {
  const { node, path } = place;
  const whole = node.source.text;
  let start = whole.indexOf(text, node.start);
  // `inputs.x` is not meant where `inputs.xy` stands.
  while (start >= 0 && /[\w.-]/.test(whole.charAt(start + text.length)))
    start = whole.indexOf(text, start + 1);
  const end = start + text.length;
  return start < 0 || end > node.end ? place : { node: { ...node, start, end }, path };
}

/** Each line of a literal block is a command of its own, which surprises people who meant one long line. */
function lintLines(source: string, place: Place, node: ScalarNode, reading: Reading): void {
  if (!node.literalBlock) return;
  const lines = source.split("\n");
  const at = lines.findIndex((line, index) => {
    const before = lines[index - 1];
    return (
      before !== undefined &&
      before.trim() !== "" &&
      /^\s*--?[A-Za-z]/.test(line) &&
      !/[\\|&;({]\s*$/.test(before)
    );
  });
  if (at < 0) return;
  const written = lines[at]!.trim();
  warn(
    narrowed(place, written),
    reading,
    `line ${at + 1} of the command begins with the option ${quoted(written)}, but after | each line is a command of its own`,
    "Write >- instead of | to join the lines, or end the line before with a backslash.",
  );
}
