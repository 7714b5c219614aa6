// `file:x.yml` in a value: the file it names, read in place of the value, with circles found.
import path from "node:path";
import { note, noteSent, type Place, type Reading } from "./notes.ts";
import { quoted } from "./problem.ts";
import { chainOf, readSource, type Source } from "./source.ts";
import { parseTree, type Node } from "./tree.ts";

/** `file:x.yml` stands for the content of that file, beside the file that names it. */
export function followFile(place: Place, reading: Reading): Place | undefined {
  const { node } = place;
  if (node.kind !== "scalar" || typeof node.value !== "string" || !node.value.startsWith("file:"))
    return place;
  const parsed = loadYaml(place, node.value.slice("file:".length), reading);
  return parsed && followFile({ node: parsed, path: place.path }, reading);
}

export function loadYaml(place: Place, relative: string, reading: Reading): Node | undefined {
  const source = loadText(place, relative, reading);
  if (!source) return undefined;
  const parsed = parseTree(source);
  for (const problem of parsed.problems)
    reading.problems.push({ ...problem, path: problem.path || place.path });
  return parsed.node;
}

export function loadText(place: Place, relative: string, reading: Reading): Source | undefined {
  const from = place.node.source;
  const trimmed = relative.trim();
  if (trimmed === "") return note(place, reading, "names no file");
  if (noteSent(place, reading)) return undefined;
  const file = path.resolve(from.folder, trimmed);
  const chain = chainOf(from);
  if (chain.some((source) => source.file === file)) {
    const names = [...chain, { shown: showBeside(from, trimmed) }].map((source) => source.shown);
    return note(place, reading, `goes round in a circle: ${names.join(" → ")}`);
  }
  const read = readSource(showBeside(from, trimmed), file, from);
  if ("source" in read) return read.source;
  const { problem } = read;
  if (problem.line !== undefined) reading.problems.push({ ...problem, path: place.path });
  else note(place, reading, `${quoted(relative)} ${lowerFirst(problem.message)}`, { hint: problem.hint });
}

const showBeside = (from: Source, relative: string): string =>
  path.isAbsolute(relative) || !from.hasLines ? relative : path.join(path.dirname(from.shown), relative);

const lowerFirst = (message: string): string =>
  message.startsWith("No such")
    ? `does not exist: ${message}`
    : message.replace(/^[A-Z]/, (c) => c.toLowerCase());
