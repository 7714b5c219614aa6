import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { makeFolder, put } from "./folder.fixture.ts";
import { walkTree, type WalkedTree } from "./walk-tree.ts";

const walk = (root: string, stopAfterFiles = Infinity) => walkTree(root, { stopAfterFiles });
const leftOut = (tree: WalkedTree) => tree.warnings.map((text) => text.split(" ")[0] ?? "").toSorted();
const pathsOf = (tree: WalkedTree) => tree.files.map((file) => file.path).sort();

test("links to files and folders, inside and outside, become content", async (t) => {
  const outside = makeFolder(t, { "lib/x.py": "x" });
  const root = makeFolder(t, { "a.py": "a", "pkg/b.py": "b" });
  symlinkSync("a.py", join(root, "to-file"));
  symlinkSync("pkg", join(root, "to-folder"));
  symlinkSync(join(outside, "lib"), join(root, "to-outside"));

  const tree = await walk(root);

  assert.deepEqual(pathsOf(tree), ["a.py", "pkg/b.py", "to-file", "to-folder/b.py", "to-outside/x.py"]);
  assert.deepEqual(tree.warnings, []);
});

test("a link to an enclosing folder is left out with a warning", async (t) => {
  const root = makeFolder(t, { "pkg/b.py": "b" });
  symlinkSync("..", join(root, "pkg", "up"));
  symlinkSync(".", join(root, "self"));

  const tree = await walk(root);

  assert.deepEqual(pathsOf(tree), ["pkg/b.py"]);
  assert.deepEqual(leftOut(tree), ["pkg/up", "self"]);
});

test("a link that leads nowhere is refused by name, unless an ignore rule leaves it out", async (t) => {
  const root = makeFolder(t, { "a.py": "a" });
  symlinkSync("gone", join(root, "dangling"));
  symlinkSync("loop", join(root, "loop"));

  await assert.rejects(walk(root), { code: "invalid", message: /dangling is a link.*\n.*loop is a link/ });

  put(root, ".amlignore", "dangling\n/loop/\n");
  await assert.rejects(walk(root), { code: "invalid", message: /loop is a link/ });
  put(root, ".amlignore", "dangling\nloop\n");
  assert.deepEqual(pathsOf(await walk(root)), [".amlignore", "a.py"]);
});

test("sockets and pipes are left out with a warning", async (t) => {
  const root = makeFolder(t, { "a.py": "a" });
  const server = createServer().listen(join(root, "socket"));
  t.after(() => server.close());
  assert.equal(spawnSync("mkfifo", [join(root, "pipe")]).status, 0);

  const tree = await walk(root);

  assert.deepEqual(pathsOf(tree), ["a.py"]);
  assert.deepEqual(leftOut(tree), ["pipe", "socket"]);
});

test("names that do not mean the same everywhere are refused, each by name", async (t) => {
  const root = makeFolder(t, { "line\nbreak": "", "back\\slash": "", "good � sign": "" });
  writeFileSync(Buffer.concat([Buffer.from(`${root}/caf`), Buffer.from([0xe9])]), "");

  await assert.rejects(walk(root), (error: Error) => {
    assert.match(error.message, /"line\\nbreak" has a line break/);
    assert.match(error.message, /back\\slash has a backslash/);
    assert.match(error.message, /caf\\xe9 in .* not UTF-8/);
    assert.doesNotMatch(error.message, /good/);
    return true;
  });

  put(root, ".amlignore", "line*\nback*\ncaf*\n");
  assert.deepEqual(pathsOf(await walk(root)), [".amlignore", "good � sign"]);
});

test("folders that hold nothing of the snapshot are empty folders", async (t) => {
  const root = makeFolder(t, { ".amlignore": "*.pyc\n", "cache/x.pyc": "", "a/b.py": "" });
  mkdirSync(join(root, "outputs"));
  mkdirSync(join(root, "deep/er"), { recursive: true });

  assert.deepEqual((await walk(root)).emptyDirectories.sort(), ["cache", "deep/er", "outputs"]);
});

test("one file is a tree of one file", async (t) => {
  const root = makeFolder(t, { "train.py": "x" });

  assert.deepEqual(pathsOf(await walk(join(root, "train.py"))), ["train.py"]);
});

test("a folder that is not there is refused", async (t) => {
  await assert.rejects(walk(join(makeFolder(t), "gone")), { name: "Refused", code: "not-found" });
});

test("the walk stops where it is told to, and when the signal aborts", async (t) => {
  const root = makeFolder(t);
  for (let number = 0; number < 3000; number++) put(root, `f${number}`);

  const tree = await walk(root, 100);
  assert.equal(tree.files.length, 100);
  assert.equal(tree.complete, false);
  await assert.rejects(walkTree(root, { stopAfterFiles: Infinity, signal: AbortSignal.abort() }), {
    name: "AbortError",
  });
});

const gitIsMissing = spawnSync("git", ["--version"]).status === 0 ? false : "git is not installed";

test("random .gitignore files leave out what git leaves out", { skip: gitIsMissing }, async (t) => {
  const pick = <T>(list: readonly T[]): T => list[randomInt(list.length)]!;
  const names = ["a", "b", "c.py", "d.log", "data", "x y", ".e"];
  const pieces = ["a", "b", "*.py", "*", "**", "d.log", "data", "?", "[ab]", "*.l*", "x y", ".e", "!a"];
  const aPath = () => Array.from({ length: randomInt(1, 5) }, () => pick(names)).join("/");
  const aRule = () =>
    `${pick(["", "", "!"])}${pick(["", "", "/"])}${Array.from({ length: randomInt(1, 4) }, () => pick(pieces)).join("/")}${pick(["", "", "/"])}`;
  const rules = () => Array.from({ length: randomInt(1, 6) }, aRule).join("\n");

  for (let round = 0; round < 60; round++) {
    const root = makeFolder(t);
    const written: Record<string, string> = {};
    const tryToPut = (path: string, text: string) => {
      try {
        put(root, path, text);
        written[path] = text;
      } catch {
        // A file stands where this path wants a folder, or the other way round.
      }
    };
    for (let count = 0; count < 25; count++) tryToPut(aPath(), "");
    tryToPut(".gitignore", rules());
    if (round % 2 === 1) tryToPut(`${pick(["a", "b", "data"])}/.gitignore`, rules());
    spawnSync("git", ["init", "-q", root]);
    const listed = spawnSync("git", ["ls-files", "-z", "--others", "--exclude-per-directory=.gitignore"], {
      cwd: root,
    });
    const expected = listed.stdout.toString().split("\0").filter(Boolean).sort();

    assert.deepEqual(pathsOf(await walk(root)), expected, JSON.stringify({ expected, written }));
  }
});
