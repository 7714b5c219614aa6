// The start of every reading: the file's own mapping, with --set and --name applied, before anything is checked.
import path from "node:path";
import { type Reading } from "./notes.ts";
import { asMapping, type MapPlace } from "./read.ts";
import { applyFlag, applySet, type Flag } from "./set.ts";
import { readSource, type Source } from "./source.ts";
import { parseTree } from "./tree.ts";

export interface Overrides {
  /** `a.b=c` assignments, as given to --set. */
  set?: readonly string[] | undefined;
  /** Overrides the name in the file, as --name does. */
  name?: string | undefined;
  /** Other flags with a key of their own, and where relative paths in them start. */
  flags?: readonly Flag[] | undefined;
  folder?: string | undefined;
}

export function readRoot(file: string, overrides: Overrides, reading: Reading): MapPlace | undefined {
  const read = readSource(file, path.resolve(file));
  if ("problem" in read) {
    reading.problems.push(read.problem);
    return undefined;
  }
  return rootOf(read.source, overrides, reading);
}

/** The same of values that stand in no file: of what was given by flags alone, or of what a server answered. */
export function rootOfText(
  shown: string,
  text: string,
  overrides: Overrides,
  reading: Reading,
): MapPlace | undefined {
  const { folder = "" } = overrides;
  const source = { shown, file: undefined, folder, text, includedBy: undefined, hasLines: false };
  return rootOf(source, overrides, reading);
}

/** The same of a document that somebody sent: it has lines, and no folder. */
export function rootOfDocument(text: string, reading: Reading): MapPlace | undefined {
  return rootOf(
    {
      shown: "job.yml",
      file: undefined,
      folder: "",
      text,
      includedBy: undefined,
      hasLines: true,
      isSent: true,
    },
    {},
    reading,
  );
}

function rootOf(source: Source, overrides: Overrides, reading: Reading): MapPlace | undefined {
  const parsed = parseTree(source);
  reading.problems.push(...parsed.problems);
  if (!parsed.node) return undefined;
  const root = asMapping({ node: parsed.node, path: "" }, reading);
  if (!root) return undefined;
  reading.problems.push(...applySet(root.node, overrides.set ?? []));
  const { name, flags = [], folder = source.folder } = overrides;
  const named = name === undefined ? [] : [{ key: "name", value: name, shown: `--name ${name}` }];
  for (const flag of [...named, ...flags]) applyFlag(root.node, flag, folder);
  return root;
}
