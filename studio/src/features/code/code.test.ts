import assert from "node:assert/strict";
import { test } from "node:test";
import { parseCsv } from "../artifacts/csv.ts";
import { rowsOf, treeOf } from "../artifacts/tree.ts";
import { changedFiles, diffRows, unified } from "./diff-lines.ts";
import { changedPackages, packagesOf } from "./environment.ts";
import { languageOf, tokenize, tokenizeLines } from "./tokenize.ts";
import type { Language } from "./tokenize.ts";

const samples: [Language, string][] = [
  ["python", 'def f(x):\n    """Two\n    lines"""\n    return "a#b" + str(0x1f)  # why\n'],
  ["yaml", "# head\nname: it's 5\nlist:\n  - key: 'a # b'\n    n: 1.5\n"],
  ["json", '{"a": [1, true, "b\\"c"]}'],
  ["shell", 'for x in "$HOME"; do echo ${x} # y\ndone'],
];

for (const [language, text] of samples) {
  test(`The pieces of ${language} are the whole text again, by lines too`, () => {
    assert.equal(
      tokenize(text, language)
        .map((token) => token.text)
        .join(""),
      text,
    );
    assert.equal(
      tokenizeLines(text, language)
        .map((line) => line.map((token) => token.text).join(""))
        .join("\n"),
      text,
    );
  });
}

test("Comments, strings, numbers, words and keys are told apart", () => {
  const kinds = (text: string, language: Language) =>
    tokenize(text, language).flatMap(({ kind, text: part }) => (kind === "plain" ? [] : [`${kind} ${part}`]));

  assert.deepEqual(kinds("if a1 == 'x': # no", "python"), ["keyword if", "string 'x'", "comment # no"]);
  assert.deepEqual(kinds("- epochs: 10 # ten", "yaml"), ["name epochs", "number 10", "comment # ten"]);
  assert.deepEqual(kinds("name: run-1", "yaml"), ["name name"]);
  assert.equal(languageOf("src/Train.PY"), "python");
  assert.equal(languageOf("Dockerfile"), "shell");
});

test("A line that changed stands beside what it became, and what is far from changes is left out", () => {
  const before = Array.from({ length: 30 }, (_, at) => `line ${at}`);
  const after = before.with(20, "other").toSpliced(25, 1);
  const rows = diffRows(`${before.join("\n")}\n`, `${after.join("\n")}\n`);

  assert.equal(rows[0]?.kind, "skip");
  assert.deepEqual(
    rows.find(({ kind }) => kind === "changed"),
    { kind: "changed", before: { number: 21, text: "line 20" }, after: { number: 21, text: "other" } },
  );
  assert.deepEqual(
    rows.find(({ kind }) => kind === "gone"),
    { kind: "gone", before: { number: 26, text: "line 25" } },
  );
  assert.deepEqual(
    unified(rows).flatMap(({ kind, before: old, after: now }) =>
      kind === "same" || kind === "skip" ? [] : [`${kind} ${(now ?? old)!.text}`],
    ),
    ["gone line 20", "new other", "gone line 25"],
  );
  assert.deepEqual(diffRows("a\n", "a\n"), []);
});

test("Files are compared by their content", () => {
  const file = (path: string, hash: string) => ({ path, hash });

  assert.deepEqual(
    [
      ...changedFiles(
        [file("a", "1"), file("b", "1"), file("c", "1")],
        [file("a", "1"), file("b", "2"), file("d", "1")],
      ),
    ],
    [
      ["b", "changed"],
      ["d", "added"],
      ["c", "removed"],
    ],
  );
});

test("Environments are compared package by package", () => {
  const before = packagesOf("# python-version: 3.11.2\nnumpy==1.26.4\nOld==1\n");
  const after = packagesOf("# python-version: 3.12.1\nnumpy==1.26.4\nnew==2\n");

  assert.deepEqual(changedPackages(before, after), [
    { name: "new", before: undefined, after: "2" },
    { name: "old", before: "1", after: undefined },
    { name: "python", before: "3.11.2", after: "3.12.1" },
  ]);
});

test("Paths become a tree: folders first, lone folders joined, sizes summed", () => {
  const file = (path: string, sizeBytes: number) => ({ path, sizeBytes });
  const tree = treeOf([file("b.txt", 1), file("a/b/c10", 2), file("a/b/c9", 3)]);

  assert.deepEqual(
    rowsOf(tree, () => true).map(({ node, depth }) => [depth, node.name]),
    [
      [0, "a/b"],
      [1, "c9"],
      [1, "c10"],
      [0, "b.txt"],
    ],
  );
  assert.equal(tree[0]!.kind === "folder" && tree[0]!.sizeBytes, 5);
});

test("Comma separated values keep quoted commas, quotes and line ends", () => {
  assert.deepEqual(parseCsv('a,"b, ""c""\nd"\r\n\n1,2', ",", 10), [
    ["a", 'b, "c"\nd'],
    ["1", "2"],
  ]);
  assert.deepEqual(parseCsv("a\nb\nc\n", ",", 2), [["a"], ["b"]]);
});
