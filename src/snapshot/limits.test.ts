import assert from "node:assert/strict";
import { test } from "node:test";
import type { Refused } from "../core/refused.ts";
import { systemClock } from "../lib/clock.ts";
import { makeFolder, put } from "./folder.fixture.ts";
import type { SnapshotLimits } from "./limits.ts";
import { takeSnapshot } from "./take-snapshot.ts";

const take = (root: string, limits: SnapshotLimits) => takeSnapshot(root, { clock: systemClock, limits });

async function refusalOf(root: string, limits: SnapshotLimits): Promise<Refused> {
  const error = await take(root, limits).then(
    () => assert.fail("it was accepted"),
    (error: Refused) => error,
  );
  assert.equal(error.code, "too-large");
  return error;
}

test("too many bytes are refused with the largest parts and the line that drops each", async (t) => {
  const root = makeFolder(t, {
    "train.py": "x",
    "model.bin": Buffer.alloc(300_000),
    "assets/images/raw/1.png": Buffer.alloc(500_000),
    "assets/readme": "r",
  });

  const error = await refusalOf(root, { bytes: 100_000, files: 10 });

  assert.match(error.message, /4 files and 781\.3 KiB; a snapshot may be 10 files and 97\.7 KiB/);
  const lines = error.message
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/ {2,}/));
  assert.deepEqual(lines.slice(0, 2), [
    ["assets/images/raw/", "1 file and 488.3 KiB", "/assets/images/raw/"],
    ["model.bin", "1 file and 293.0 KiB", "/model.bin"],
  ]);
  assert.match(error.hint!, /\.amlignore/);
  assert.match(error.hint!, /TRAINYARD_SNAPSHOT_MAX_BYTES/);
});

test("too many files are refused with the folders that hold most of them", async (t) => {
  const root = makeFolder(t, { "big.bin": Buffer.alloc(10_000) });
  for (let number = 0; number < 30; number++) put(root, `cells/${number}`);

  const error = await refusalOf(root, { bytes: 1e9, files: 20 });

  assert.match(error.message.split("\n")[1]!, /^ +cells\/ .*\/cells\/$/);
});

test("the lines named do drop the parts, whatever their names", async (t) => {
  const root = makeFolder(t, { "train.py": "x" });
  for (const name of ["[a]*?.bin", "trailing ", "!bang", "#hash", "data/x"])
    put(root, name, Buffer.alloc(1000));
  put(root, "src/data/x", "keep");
  const limits = { bytes: 500, files: 10 };

  const { largest } = (await refusalOf(root, limits)).details as { largest: { line: string }[] };
  put(
    root,
    ".amlignore",
    largest
      .slice(0, 5)
      .map((part) => `${part.line}\n`)
      .join(""),
  );
  const { manifest } = await take(root, limits);

  assert.deepEqual(
    manifest.files.map((file) => file.path),
    [".amlignore", "src/data/x", "train.py"],
  );
});

test("somebody with a .gitignore is told that .amlignore takes its place", async (t) => {
  const root = makeFolder(t, { ".gitignore": "*.pyc\n", "x.bin": Buffer.alloc(1000) });

  assert.match((await refusalOf(root, { bytes: 1, files: 10 })).hint!, /Copy \.gitignore to \.amlignore/);
});

test("exactly as much as allowed is accepted", async (t) => {
  const root = makeFolder(t, { a: "12", b: "3" });

  assert.equal((await take(root, { bytes: 3, files: 2 })).totalBytes, 3);
});

test("the walk of an endless folder ends: what was seen so far is enough to refuse", async (t) => {
  const root = makeFolder(t);
  for (let number = 0; number < 50; number++) put(root, `f${number}`);

  assert.match((await refusalOf(root, { bytes: 1e9, files: 10 })).message, /at least 41 files/);
});
