// Runs test files by node:test, each in its own process, with a line a file and the failures whole at the end.
import { relative } from "node:path";
import { run } from "node:test";
import { inspect } from "node:util";
import { emptyTally } from "./test-tally.ts";
import type { Tally } from "./test-tally.ts";

interface FileResult {
  passed: number;
  failed: number;
  skipped: number;
}

/** The parts of node:test's events that are read here. */
interface Outcome {
  name: string;
  nesting: number;
  file?: string;
  skip?: string | boolean;
  todo?: string | boolean;
  details: { type?: string; error?: unknown };
}

export async function runNodeTests(files: string[], options: { concurrency: number }): Promise<Tally> {
  const tally = emptyTally();
  if (files.length === 0) return tally;
  const results = new Map<string, FileResult>();
  const outside: string[] = [];
  const path: string[] = [];

  const stream = run({ files, concurrency: options.concurrency, timeout: 600_000 });
  stream.on("test:start", ({ name, nesting }) => {
    path.length = nesting;
    path[nesting] = name;
  });
  stream.on("test:pass", (outcome: Outcome) => note(outcome, true));
  stream.on("test:fail", (outcome: Outcome) => note(outcome, false));
  stream.on("test:stderr", ({ message }) => outside.push(message));
  stream.on("test:summary", ({ file, duration_ms: ms }) => {
    if (file !== undefined) printFile(file, ms);
  });
  for await (const _ of stream);
  if (tally.failed.length > 0 && outside.length > 0) console.error(outside.join("").slice(-20_000));
  return tally;

  function note(outcome: Outcome, passed: boolean): void {
    const file = relative(process.cwd(), outcome.file ?? "");
    path[outcome.nesting] = outcome.name;
    const name = [file, ...path.slice(0, outcome.nesting + 1)].filter((part) => part !== "").join(" › ");
    if (outcome.details.type === "suite" || isOnlyItsParts(outcome)) return;
    const result = resultOf(outcome.file ?? "");
    const skip = outcome.skip ?? outcome.todo;
    if (skip !== undefined && skip !== false) {
      result.skipped++;
      tally.skipped.push({
        name,
        reason: typeof skip === "string" && skip !== "" ? skip : "no reason given",
      });
    } else if (passed) {
      result.passed++;
      tally.passed++;
    } else {
      result.failed++;
      tally.failed.push({ name, detail: describe(outcome.details.error) });
    }
  }

  function resultOf(file: string): FileResult {
    const known = results.get(file) ?? { passed: 0, failed: 0, skipped: 0 };
    results.set(file, known);
    return known;
  }

  function printFile(file: string, ms: number): void {
    const { passed, failed, skipped } = resultOf(file);
    const counts = [
      `${passed} passed`,
      ...(failed > 0 ? [`${failed} FAILED`] : []),
      ...(skipped > 0 ? [`${skipped} skipped`] : []),
    ];
    const mark = failed > 0 ? "✗" : "✓";
    console.log(
      `  ${mark} ${relative(process.cwd(), file)}: ${counts.join(", ")} (${(ms / 1000).toFixed(1)} s)`,
    );
  }
}

/** A test that failed because tests inside it did is told by those. */
const isOnlyItsParts = ({ details: { error } }: Outcome): boolean =>
  error instanceof Error && "failureType" in error && error.failureType === "subtestsFailed";

function describe(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return typeof cause === "string" ? cause : inspect(cause, { depth: 4 }).slice(0, 4000);
}
