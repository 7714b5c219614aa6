import assert from "node:assert/strict";
import { test } from "node:test";
import { InvalidFile, renderProblems, type Problem } from "./problem.ts";

const problem: Problem = {
  file: "job.yml",
  line: 7,
  column: 11,
  path: "inputs.table.mode",
  message: 'found "mout"; allowed: mount, download',
  nearest: "mount",
  excerpt: { text: "    mode: mout", length: 4 },
};

test("a problem is shown with its place, its line, a caret and what to do", () => {
  assert.equal(
    renderProblems([{ ...problem, hint: "Mount it." }]),
    `job.yml:7:11  inputs.table.mode  found "mout"; allowed: mount, download. Did you mean "mount"?
    7 |     mode: mout
      |           ^^^^
    hint: Mount it.`,
  );
});

test("a problem of the whole file needs no more than a line", () => {
  assert.equal(
    renderProblems([{ file: "a.yml", path: "", message: "is a directory" }]),
    "a.yml  is a directory",
  );
});

test("a long line is cut around the caret, and control characters are not printed", () => {
  const text = `${"a".repeat(5_000)}\u001b[31m!${"b".repeat(5_000)}`;
  const shown = renderProblems([{ ...problem, column: 5_006, excerpt: { text, length: 1 } }]);

  const [, line = "", caret = ""] = shown.split("\n");
  assert.ok(line.length < 120, line);
  assert.equal(line[caret.indexOf("^")], "!");
  assert.ok(!shown.includes("\u001b"));
});

test("many problems are counted, and the first fifty shown", () => {
  const lines = renderProblems(
    Array.from({ length: 70 }, () => ({ file: "a", path: "", message: "x" })),
  ).split("\n");

  assert.deepEqual([lines.length, lines.at(-1)], [51, "… and 20 more"]);
});

test("problems stand in the order of their lines, file by file", () => {
  const at = (file: string, line: number): Problem => ({ file, line, column: 1, path: "", message: "x" });
  const { problems } = new InvalidFile([at("a", 9), at("b", 1), at("a", 2)]);

  assert.deepEqual(
    problems.map(({ file, line }) => `${file}${line}`),
    ["a2", "a9", "b1"],
  );
});
