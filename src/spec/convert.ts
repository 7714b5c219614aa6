// A job file of dialect A or B → the same job in dialect C, with its comments, its order and its layout.
import path from "node:path";
import { isMap, parseDocument, type Document, type Pair } from "yaml";
import type { Dialect } from "../core/job-spec.ts";
import { changeOfKey } from "./convert/convert-keys.ts";
import { pairsOf, rewriteSweep } from "./convert/convert-sweep.ts";
import { endOfPair, renderPairs, rewriteMapping, type Change } from "./convert/rewrite-mapping.ts";
import {
  child,
  expandAliases,
  hasAliases,
  textOf,
  type Conversion,
  type MapPart,
} from "./convert/yaml-parts.ts";
import { detectDialect } from "./dialect.ts";
import { readDialectC } from "./dialect-c.ts";
import type { Reading } from "./text/notes.ts";
import { InvalidFile, type Problem } from "./text/problem.ts";
import { asMapping, childOf } from "./text/read.ts";
import { readJobFile } from "./read-job.ts";
import { readSweep } from "./read-sweep.ts";
import { readSource, type Source } from "./text/source.ts";
import { parseTree } from "./text/tree.ts";

export interface Converted {
  text: string;
  /** What it was written in; a sweep of B and one of C look alike, and are called C. */
  from: Dialect;
  kind: "command" | "sweep";
  /** What could not be said in dialect C, or not in the same way. */
  warnings: Problem[];
}

/**
 * `out` is where the result will stand: the paths in it start there. Throws InvalidFile when the file has faults, or
 * holds what dialect C has no words for at all.
 */
export async function convertJobFile(file: string, options: { out?: string } = {}): Promise<Converted> {
  const absolute = path.resolve(file);
  const read = readSource(file, absolute);
  if ("problem" in read) throw new InvalidFile([read.problem]);
  const { source } = read;
  const document = parseDocument(source.text);
  const root = isMap(document.contents) ? { node: document.contents, source, path: "" } : undefined;
  const outFolder = path.dirname(path.resolve(options.out ?? absolute));
  const to: Conversion = { outFolder, warnings: [] };
  const type = root && document.errors.length === 0 ? textOf(child(root, "type"))?.toLowerCase() : undefined;
  const text = (from: Dialect, nodes?: number) =>
    rewrite({ document, root: root!, to, singleBraces: from === "A", nodes });

  if (root && (type === "sweep_job" || type === "sweep")) {
    refuseSyntax(source);
    const from = type === "sweep_job" ? "A" : "C";
    const result = text(from);
    checkResult(result, `${file}, rewritten`, outFolder);
    return { text: result, from, kind: "sweep", warnings: to.warnings };
  }
  const { spec } = await readJobFile(file, { defaultExperiment: "Default" });
  refuseSections(source, root!, spec.dialect);
  const result = text(spec.dialect, spec.compute.instanceCount);
  checkResult(result, `${file}, rewritten`, outFolder);
  return { text: result, from: spec.dialect, kind: "command", warnings: to.warnings };
}

interface Work {
  document: Document.Parsed;
  root: MapPart;
  to: Conversion;
  singleBraces: boolean;
  /** Undefined for a sweep, whose trial says it. */
  nodes: number | undefined;
}

function rewrite({ document, root, to, singleBraces, nodes }: Work): string {
  const { text } = root.source;
  const rewriting = { text, padded: /\{ /.test(text) };
  const asText = root.node.flow !== true && !hasAliases(document);
  if (!asText) expandAliases(document);
  const sweep =
    nodes === undefined
      ? rewriteSweep(root, { ...to, singleBraces }, asText ? rewriting : undefined)
      : undefined;
  const changeOf: (pair: Pair) => Change =
    sweep?.changeOf ?? ((pair) => changeOfKey(root, pair, { ...to, singleBraces, nodes: nodes ?? 1 }));
  if (asText) {
    const changed = rewriteMapping(root.node, rewriting, { from: 0, changeOf });
    const added = sweep?.added ?? [];
    const end = endOf(root, text);
    const more = renderPairs(added, 0, rewriting.padded);
    return changed + (more === "" || changed.endsWith("\n") ? "" : "\n") + more + text.slice(end);
  }
  const pairs = root.node.items.flatMap((pair) => pairsOf(changeOf(pair), pair));
  root.node.items = [...pairs, ...(sweep?.added ?? [])];
  return document.toString({ lineWidth: 0, flowCollectionPadding: rewriting.padded });
}

/** Where the last key ends; comments behind it stay. */
function endOf(root: MapPart, text: string): number {
  const last = root.node.items.at(-1);
  return last ? endOfPair(last, text) : 0;
}

/** What is plain text to dialect A and has a meaning in C would quietly become another command. */
function refuseSections(source: Source, root: MapPart, dialect: Dialect): void {
  const command = dialect === "A" ? textOf(child(root, "command")) : undefined;
  const found = /\$\[\[|\$\{\{/.exec(command ?? "")?.[0];
  if (found === undefined) return;
  throw new InvalidFile([
    {
      file: source.shown,
      path: "command",
      message: `holds ${found}, which is plain text in the 2021 preview dialect and has a meaning in dialect C`,
      hint: "Move that part of the command into a shell script in the code folder.",
    },
  ]);
}

function refuseSyntax(source: Source): void {
  const { problems } = parseTree(source);
  if (problems.length > 0) throw new InvalidFile(problems);
}

/** Read back at once: a file that says it is dialect C and cannot be read is worse than none. */
function checkResult(text: string, shown: string, folder: string): void {
  const reading: Reading = { problems: [], warnings: [] };
  const source: Source = { shown, file: undefined, folder, text, includedBy: undefined, hasLines: true };
  const parsed = parseTree(source);
  reading.problems.push(...parsed.problems);
  const root = parsed.node && asMapping({ node: parsed.node, path: "" }, reading);
  const dialect = root && detectDialect(root, reading);
  const type = root && childOf(root, "type")?.node;
  const isSweep = type?.kind === "scalar" && String(type.value).toLowerCase() === "sweep";
  if (root && isSweep) readSweep(root, "C", { defaultExperiment: "Default", newSeed: 0 }, reading);
  else if (root && dialect === "C") readDialectC(root, "C", "Default", reading);
  else if (reading.problems.length === 0)
    reading.problems.push({
      file: shown,
      path: "",
      message: "has something left that dialect C does not know",
    });
  if (reading.problems.length > 0) throw new InvalidFile(reading.problems);
}
