import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { SnapshotManifest } from "../core/snapshot.ts";
import { systemClock } from "../lib/clock.ts";
import { makeFolder, put } from "./folder.fixture.ts";
import type { ReadBlob } from "./place-files.ts";
import { restoreSnapshot } from "./restore-snapshot.ts";
import { takeSnapshot, type TakenSnapshot } from "./take-snapshot.ts";

const clock = systemClock;
const hashOf = (text: string) => createHash("sha256").update(text).digest("hex");

function sourceOf(snapshot: TakenSnapshot) {
  const asked: string[] = [];
  const readBlob: ReadBlob = async function* (hash) {
    asked.push(hash);
    const bytes = readFileSync(snapshot.pathOf(hash)!);
    for (let at = 0; at < bytes.length; at += 50_000) yield bytes.subarray(at, at + 50_000);
  };
  return { asked, readBlob };
}

const manifestOf = (...paths: string[]): SnapshotManifest => ({
  version: 1,
  files: paths.map((path) => ({ path, hash: hashOf(""), sizeBytes: 0, executable: false })),
  emptyDirectories: [],
});
const nothing: ReadBlob = async function* () {};

function aTree(t: Parameters<typeof makeFolder>[0]) {
  const root = makeFolder(t, {
    "a.py": "a",
    "pkg/b.py": "same",
    "pkg/c.py": "same",
    "big.bin": Buffer.alloc(1_400_000, "x"),
  });
  put(root, "bin/run.sh", "same", true);
  put(root, "empty.txt");
  mkdirSync(join(root, "outputs/deep"), { recursive: true });
  return root;
}

for (const cached of [false, true]) {
  test(`the restored tree gives the same snapshot ${cached ? "through" : "without"} a cache`, async (t) => {
    const snapshot = await takeSnapshot(aTree(t), { clock });
    const { readBlob, asked } = sourceOf(snapshot);
    const target = join(makeFolder(t), "new", "code");

    await restoreSnapshot(snapshot.manifest, target, readBlob, cached ? { cacheFolder: makeFolder(t) } : {});

    assert.equal((await takeSnapshot(target, { clock })).id, snapshot.id);
    assert.equal(new Set(asked).size, asked.length, "a blob was fetched twice");
  });
}

test("what the cache has is not fetched again, and what a job does to its code stays with the job", async (t) => {
  const snapshot = await takeSnapshot(aTree(t), { clock });
  const { readBlob, asked } = sourceOf(snapshot);
  const [cacheFolder, one, two] = [makeFolder(t), makeFolder(t), makeFolder(t)];
  await restoreSnapshot(snapshot.manifest, one, readBlob, { cacheFolder });
  asked.length = 0;

  writeFileSync(join(one, "a.py"), "changed by the job");
  await restoreSnapshot(snapshot.manifest, two, readBlob, { cacheFolder });

  assert.deepEqual(asked, []);
  assert.equal((await takeSnapshot(two, { clock })).id, snapshot.id);
  assert.equal(statSync(join(two, "a.py")).nlink, 1);
});

test("a damaged cache is noticed and mended", async (t) => {
  const snapshot = await takeSnapshot(aTree(t), { clock });
  const { readBlob, asked } = sourceOf(snapshot);
  const [cacheFolder, target] = [makeFolder(t), makeFolder(t)];
  await restoreSnapshot(snapshot.manifest, makeFolder(t), readBlob, { cacheFolder });
  const damaged = join(cacheFolder, hashOf("a").slice(0, 2), hashOf("a").slice(2));
  writeFileSync(damaged, "b");
  asked.length = 0;

  await restoreSnapshot(snapshot.manifest, target, readBlob, { cacheFolder });

  assert.deepEqual(asked, [hashOf("a")]);
  assert.equal(readFileSync(join(target, "a.py"), "utf8"), "a");
  assert.equal(readFileSync(damaged, "utf8"), "a");
});

test("wrong bytes, too few or a broken line leave nothing in the target", async (t) => {
  const snapshot = await takeSnapshot(aTree(t), { clock });
  const { readBlob } = sourceOf(snapshot);
  const spoils: Record<string, ReadBlob> = {
    wrong: async function* (hash, signal) {
      if (hash === hashOf("a")) yield Buffer.from("b");
      else yield* readBlob(hash, signal);
    },
    short: async function* (hash, signal) {
      if (hash !== hashOf("a")) yield* readBlob(hash, signal);
    },
    broken: async function* (hash, signal) {
      if (hash === hashOf("a")) throw new Error("the line broke");
      yield* readBlob(hash, signal);
    },
  };

  for (const [name, spoiled] of Object.entries(spoils)) {
    const target = makeFolder(t);
    await assert.rejects(
      restoreSnapshot(snapshot.manifest, target, spoiled),
      /did not arrive whole|line broke/,
      name,
    );
    assert.deepEqual(readdirSync(target), []);
  }
});

test("paths that leave the target, or collide, are refused before anything is written", async (t) => {
  const long = "x/".repeat(2100);
  const corpus = [
    ["../x"],
    [".."],
    ["a/../../x"],
    ["/etc/passwd"],
    ["a//b"],
    ["./a"],
    ["a/."],
    ["a\\..\\b"],
    ["C:\\x"],
    ["a\0b"],
    [""],
    ["a/"],
    [`${long}y`],
    ["a", "a"],
    ["a", "a/b"],
    ["a/b/c", "a/b"],
  ];

  for (const paths of corpus) {
    const parent = makeFolder(t);
    const target = join(parent, "target");
    const restoring = restoreSnapshot(manifestOf(...paths), target, nothing);
    await assert.rejects(restoring, { name: "Refused", code: "invalid" }, JSON.stringify(paths));
    assert.deepEqual(readdirSync(parent), []);
  }
  const outside = { ...manifestOf(), emptyDirectories: ["../x"] };
  await assert.rejects(restoreSnapshot(outside, join(makeFolder(t), "x"), nothing), { code: "invalid" });
});

test("names that only look dangerous are just names", async (t) => {
  const target = makeFolder(t);
  const paths = ["%2e%2e%2fx", "..;", "....", "file:", "#/x", "CON", "-rf", "$(id)", "~", "a\u2024\u2024"];

  await restoreSnapshot(manifestOf(...paths), target, nothing);

  for (const path of paths) assert.ok(lstatSync(join(target, path)).isFile());
});

test("a target that holds something is refused and left as it is", async (t) => {
  const target = makeFolder(t, { "mine.txt": "mine" });

  await assert.rejects(restoreSnapshot(manifestOf("a"), target, nothing), { code: "conflict" });

  assert.deepEqual(readdirSync(target), ["mine.txt"]);
});

test("an aborted restore ends and leaves nothing", async (t) => {
  const target = makeFolder(t);
  const stop = new AbortController();
  const abortSoon: ReadBlob = async function* () {
    stop.abort();
    yield Buffer.alloc(0);
  };
  const manifest = { ...manifestOf("a", "b"), emptyDirectories: ["c"] };
  manifest.files[1]!.hash = hashOf("other");

  await assert.rejects(restoreSnapshot(manifest, target, abortSoon, { signal: stop.signal, parallel: 1 }));

  assert.ok(existsSync(target));
  assert.deepEqual(readdirSync(target), []);
});
