import assert from "node:assert/strict";
import { test } from "node:test";
import { ServerFault, Unreachable } from "../api/client.ts";
import { Refused } from "../core/refused.ts";
import { InvalidFile } from "../spec/text/problem.ts";
import { CommandFailed, UsageError, describeFailure } from "./fail.ts";

const missing = new Refused("not-found", "there is no job named x", "look at the list");

const codes: readonly [what: string, error: unknown, verb: string, code: number][] = [
  ["a command line that is wrong", new UsageError("nothing to change"), "update", 2],
  ["a refusal", new Refused("conflict", "exists"), "create", 1],
  ["a missing thing that is to be shown", missing, "show", 3],
  ["a missing thing for any other command", missing, "stream", 1],
  ["a server that does not answer", new Unreachable("no answer"), "show", 1],
  ["a server's own fault", new ServerFault("boom", 500), "show", 1],
  ["a file with faults", new InvalidFile([{ file: "job.yml", path: "", message: "is empty" }]), "create", 1],
  ["a command that failed", new CommandFailed("it is running"), "download", 1],
  ["a bug", new TypeError("undefined"), "list", 1],
];

for (const [what, error, verb, code] of codes) {
  test(`${what} ends with ${code}`, () => {
    assert.equal(describeFailure(error, verb).exitCode, code);
  });
}

test("a message says what happened and what to do", () => {
  assert.equal(describeFailure(missing, "show").message, "error: there is no job named x\nlook at the list");
});

test("the causes are told, never a stack trace", () => {
  const { message } = describeFailure(new Unreachable("no answer from x", new Error("ECONNREFUSED")), "list");

  assert.match(message, /no answer from x: ECONNREFUSED/);
  assert.doesNotMatch(message, /\n\s+at /);
});

test("a failed job's error is printed as it is, so that scripts can parse it", () => {
  const error = new CommandFailed('{"error": {}}', { verbatim: true });

  assert.equal(describeFailure(error, "stream").message, '{"error": {}}');
});

test("what the server says to do is passed on, its log is named only when it says nothing", () => {
  const { message } = describeFailure(new ServerFault("the disk is full", 507, "free some space"), "create");

  assert.equal(message, "error: the disk is full\nfree some space");
  assert.match(describeFailure(new ServerFault("boom", 500), "create").message, /server\.log/);
});

for (const [code, words] of [
  ["EROFS", /takes no writes/],
  ["EISDIR", /a folder, where a file is expected: \/x/],
  ["ENOTDIR", /is a file, not a folder: \/x/],
] as const) {
  test(`${code} is told in words`, () => {
    const error = Object.assign(new Error(`${code}: no words`), { code, path: "/x" });
    assert.match(describeFailure(error, "create").message, words);
  });
}

test("a missing file is named", async () => {
  const { readFile } = await import("node:fs/promises");
  const error: unknown = await readFile("/nowhere/job.yml").catch((reason: unknown) => reason);

  assert.equal(
    describeFailure(error, "create").message,
    "error: no such file or directory: /nowhere/job.yml",
  );
});
