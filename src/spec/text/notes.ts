// Faults and warnings, noted at the place in the file that they are about.
import { quoted, type Problem } from "./problem.ts";
import { problemAt, type Node, type ScalarNode } from "./tree.ts";

export interface Place {
  node: Node;
  path: string;
}

/** What one reading of a file gathers. */
export interface Reading {
  problems: Problem[];
  warnings: Problem[];
}

/** Where the text names a file: a fault if it was sent, for the file stayed where it was written. */
export function noteSent(place: Place, reading: Reading): boolean {
  if (!place.node.source.isSent) return false;
  note(
    place,
    reading,
    `${found(place.node)}: a file of the machine on which it was written, which is not sent along`,
    {
      hint: "Submit it there with trainyard job create -f, or name a snapshot, an asset or an address.",
    },
  );
  return true;
}

export interface Advice {
  nearest?: string | undefined;
  hint?: string | undefined;
}

export function note(
  { node, path }: Place,
  reading: Reading,
  message: string,
  advice: Advice = {},
): undefined {
  reading.problems.push(
    withAdvice(problemAt(node.source, node.start, spanLength(node), path, message), advice),
  );
}

export function warn({ node, path }: Place, reading: Reading, message: string, hint?: string): void {
  reading.warnings.push(problemAt(node.source, node.start, spanLength(node), path, message, hint));
}

export function withAdvice(problem: Problem, { nearest, hint }: Advice): Problem {
  return {
    ...problem,
    ...(nearest === undefined ? {} : { nearest }),
    ...(hint === undefined ? {} : { hint }),
  };
}

/** The carets stay on the node's first line. */
function spanLength({ source, start, end }: Node): number {
  const lineEnd = source.text.indexOf("\n", start);
  return Math.min(end, lineEnd < 0 ? end : lineEnd) - start;
}

export function found(node: Node): string {
  if (node.kind === "map") return "found a mapping";
  if (node.kind === "list") return "found a list";
  if (node.value === null) return "found nothing";
  return `found ${typeof node.value === "string" ? quoted(node.value) : String(node.value)}`;
}

export function noteExpected(place: Place, reading: Reading, expected: string, advice?: Advice): undefined {
  return note(place, reading, `${found(place.node)}; expected ${expected}`, advice);
}

export const isNull = (node: Node): node is ScalarNode => node.kind === "scalar" && node.value === null;
