// A text that a user wrote (a file, or a --set argument), with limits on what is read and positions in it.
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import path from "node:path";
import type { Problem } from "./problem.ts";

export interface Source {
  /** As the user named it. */
  shown: string;
  /** Absolute; undefined for a text that is no file. */
  file: string | undefined;
  /** Where relative paths in it start. */
  folder: string;
  text: string;
  /** The source whose `file:` led here. */
  includedBy: Source | undefined;
  /** Whether positions in the text mean something to the user. */
  hasLines: boolean;
  /** Somebody sent it: no file of this machine is looked at, whatever it names. */
  isSent?: true;
}

export const mostBytes = 1024 * 1024;

export type Read = { source: Source } | { problem: Problem };

/** Reads a text file whole; never more of it than the limit. */
export function readSource(shown: string, file: string, includedBy?: Source): Read {
  const refuse = (message: string, hint?: string): Read => ({
    problem: { file: shown, path: "", message, ...(hint === undefined ? {} : { hint }) },
  });
  let bytes: Buffer;
  try {
    const read = readAtMost(file);
    if ("refusal" in read) return refuse(read.refusal, read.hint);
    bytes = read.bytes;
  } catch (error) {
    return refuse(describeOpenError(error, file));
  }
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    return refuse("is UTF-16; expected UTF-8", "Save the file again with the encoding UTF-8.");
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return refuseAt(shown, bytes, firstBadByte(bytes), "is not UTF-8 text");
  }
  const control = text.search(controlCharacter);
  if (control >= 0) {
    const code = text.charCodeAt(control).toString(16).toUpperCase().padStart(4, "0");
    const at = Buffer.byteLength(text.slice(0, control));
    return refuseAt(shown, bytes, at, `is not a text file: it holds the control character U+${code}`);
  }
  return {
    source: { shown, file, folder: path.dirname(file), text, includedBy, hasLines: true },
  };
}

// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const controlCharacter = /[\x00-\x08\x0B\x0C\x0E-\x1F\x7F]/;

function readAtMost(file: string): { bytes: Buffer } | { refusal: string; hint?: string } {
  const handle = openSync(file, "r");
  try {
    const stat = fstatSync(handle);
    if (stat.isDirectory()) return { refusal: "is a directory; expected a file" };
    if (stat.isFile() && stat.size > mostBytes) return tooLarge(`${formatMiB(stat.size)} large`);
    // A pipe or a device has no size, so this never reads more than a byte past the limit.
    const chunks: Buffer[] = [];
    let total = 0;
    while (total <= mostBytes) {
      const chunk = Buffer.allocUnsafe(Math.min(64 * 1024, mostBytes + 1 - total));
      const count = readSync(handle, chunk);
      if (count === 0) return { bytes: Buffer.concat(chunks) };
      chunks.push(chunk.subarray(0, count));
      total += count;
    }
    return tooLarge("larger than that");
  } finally {
    closeSync(handle);
  }
}

const tooLarge = (size: string) => ({
  refusal: `is too large for a YAML or text file of a job: at most ${formatMiB(mostBytes)}, and this is ${size}`,
});

const formatMiB = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(bytes % 1048576 ? 1 : 0)} MiB`;

function describeOpenError(error: unknown, file: string): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  switch (code) {
    case "ENOENT":
      return `No such file or directory: ${file}`;
    case "ENOTDIR":
      return `Not a directory on the way to: ${file}`;
    case "EACCES":
    case "EPERM":
      return `Permission denied: ${file}`;
    default:
      return `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Where a sequence of bytes stops being UTF-8. */
function firstBadByte(bytes: Buffer): number {
  // The streaming decoder holds an unfinished character back, so a good prefix is found by halving.
  let good = 0;
  let bad = bytes.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    try {
      new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, middle), { stream: true });
      good = middle;
    } catch {
      bad = middle;
    }
  }
  return Math.max(0, bad - 1);
}

function refuseAt(shown: string, bytes: Buffer, offset: number, message: string): Read {
  const before = bytes.subarray(0, offset).toString("latin1").split("\n");
  return {
    problem: { file: shown, line: before.length, column: before.at(-1)!.length + 1, path: "", message },
  };
}

export interface Position {
  line: number;
  column: number;
  /** The whole line it is in. */
  text: string;
}

const lineStarts = new WeakMap<Source, number[]>();

function lineStartsOf(source: Source): number[] {
  const known = lineStarts.get(source);
  if (known) return known;
  const starts = [0];
  for (let at = source.text.indexOf("\n"); at >= 0; at = source.text.indexOf("\n", at + 1))
    starts.push(at + 1);
  lineStarts.set(source, starts);
  return starts;
}

export function positionIn(source: Source, offset: number): Position {
  const at = Math.min(offset, source.text.length);
  const starts = lineStartsOf(source);
  let line = 1;
  let past = starts.length + 1;
  while (past - line > 1) {
    const middle = (line + past) >> 1;
    if (starts[middle - 1]! <= at) line = middle;
    else past = middle;
  }
  const start = starts[line - 1]!;
  const end = starts[line] === undefined ? source.text.length : starts[line]! - 1;
  return { line, column: at - start + 1, text: source.text.slice(start, end).replace(/\r$/, "") };
}

/** The files that led here, from the user's own to this one. */
export const chainOf = (source: Source): Source[] =>
  source.includedBy ? [...chainOf(source.includedBy), source] : [source];
