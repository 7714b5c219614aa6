import assert from "node:assert/strict";
import { test } from "node:test";
import { createLog, describeError } from "./log.ts";
import type { LogOptions } from "./log.ts";

function gather(options: Partial<LogOptions> = {}) {
  const lines: string[] = [];
  const log = createLog({
    write: (line) => lines.push(line),
    now: () => Date.UTC(2026, 10, 21, 9, 30, 11, 7),
    ...options,
  });
  return { log, lines };
}

test("Off a terminal a line is one JSON object with time, level, message and fields", () => {
  const { log, lines } = gather();

  log.warn("slow disk", { job: "j1", seconds: 3, missing: undefined });

  assert.equal(lines.length, 1);
  assert.ok(lines[0]!.endsWith("}\n"));
  assert.deepEqual(JSON.parse(lines[0]!), {
    time: "2026-11-21T09:30:11.007Z",
    level: "warn",
    message: "slow disk",
    job: "j1",
    seconds: 3,
  });
});

test("A message with line breaks stays on one JSON line", () => {
  const { log, lines } = gather();

  log.error("two\nlines", { note: "a\r\nb" });

  assert.equal(lines[0]!.split("\n").length, 2);
  assert.equal((JSON.parse(lines[0]!) as { message: string }).message, "two\nlines");
});

test("On a terminal a line is time of day, level, message and fields without the absent ones", () => {
  const { log, lines } = gather({ pretty: true });

  log.info("listening", { url: "http://x", job: undefined });

  assert.deepEqual(lines, ["09:30:11.007 info  listening url=http://x\n"]);
});

test("Lines below the level are left out, and info is the level when none is said", () => {
  const quiet = gather();
  quiet.log.debug("hidden");
  quiet.log.info("shown");
  const loud = gather({ level: "debug" });
  loud.log.debug("shown");
  const errors = gather({ level: "error" });
  errors.log.warn("hidden");
  errors.log.error("shown");

  assert.deepEqual([quiet.lines.length, loud.lines.length, errors.lines.length], [1, 1, 1]);
});

test("Bound fields are on every line, the nearer ones win, and the first log is not changed", () => {
  const { log, lines } = gather();
  const inner = log.with({ job: "a", agent: "local" }).with({ job: "b" });

  inner.info("x", { agent: "other" });
  log.info("y");

  const [first, second] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.equal(first!["job"], "b");
  assert.equal(first!["agent"], "other");
  assert.equal("job" in second!, false);
});

test("An error is described with all its causes, and anything else as text", () => {
  const error = new Error("outer", { cause: new Error("middle", { cause: "root" }) });

  assert.equal(describeError(error), "outer: middle: root");
  assert.equal(describeError(42), "42");
});
