// The start of every reading: the file's own mapping, with --set and --name applied, before anything is checked.
import path from "node:path";
import { type Reading } from "./notes.ts";
import { asMapping, type MapPlace } from "./read.ts";
import { applyName, applySet } from "./set.ts";
import { readSource } from "./source.ts";
import { parseTree } from "./tree.ts";

export interface Overrides {
  /** `a.b=c` assignments, as given to --set. */
  set?: readonly string[] | undefined;
  /** Overrides the name in the file, as --name does. */
  name?: string | undefined;
}

export function readRoot(file: string, overrides: Overrides, reading: Reading): MapPlace | undefined {
  const read = readSource(file, path.resolve(file));
  if ("problem" in read) {
    reading.problems.push(read.problem);
    return undefined;
  }
  const parsed = parseTree(read.source);
  reading.problems.push(...parsed.problems);
  if (!parsed.node) return undefined;
  const root = asMapping({ node: parsed.node, path: "" }, reading);
  if (!root) return undefined;
  reading.problems.push(...applySet(root.node, overrides.set ?? []));
  if (overrides.name !== undefined) applyName(root.node, overrides.name);
  return root;
}
