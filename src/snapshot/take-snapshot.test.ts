import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  chmodSync,
  closeSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { systemClock, type Clock } from "../lib/clock.ts";
import { makeFolder, put } from "./folder.fixture.ts";
import { takeSnapshot } from "./take-snapshot.ts";

const hashOf = (text: string | Uint8Array) => createHash("sha256").update(text).digest("hex");
const clock = systemClock;
/** As if the files had been written an hour ago, so that the cache trusts them at once. */
const anHourLater: Clock = { ...systemClock, now: () => systemClock.now() + 3_600_000 };

test("a snapshot tells each file's hash, size, executable bit and where its bytes are", async (t) => {
  const big = Buffer.alloc(5_000_000, "big");
  const root = makeFolder(t, { "pkg/a.py": "a", "big.bin": big });
  put(root, "run.sh", "#!/bin/sh\n", true);

  const snapshot = await takeSnapshot(root, { clock });

  assert.deepEqual(snapshot.manifest.files, [
    { path: "big.bin", hash: hashOf(big), sizeBytes: 5_000_000, executable: false },
    { path: "pkg/a.py", hash: hashOf("a"), sizeBytes: 1, executable: false },
    { path: "run.sh", hash: hashOf("#!/bin/sh\n"), sizeBytes: 10, executable: true },
  ]);
  assert.equal(snapshot.totalBytes, 5_000_011);
  assert.equal(snapshot.pathOf(hashOf("a")), join(root, "pkg/a.py"));
  assert.equal(snapshot.pathOf(hashOf("b")), undefined);
});

test("one file is a snapshot of one file", async (t) => {
  const root = makeFolder(t, { "train.py": "x", "other.py": "y" });

  const { manifest } = await takeSnapshot(join(root, "train.py"), { clock });

  assert.deepEqual(manifest.files, [
    { path: "train.py", hash: hashOf("x"), sizeBytes: 1, executable: false },
  ]);
});

test("an unchanged tree is looked at but not read, a changed file is read", async (t) => {
  const cacheFolder = makeFolder(t);
  const root = makeFolder(t, { "a.py": "a", "b.py": "b", "c.py": "c" });
  const take = () => takeSnapshot(root, { clock: anHourLater, cacheFolder });

  const first = await take();
  const second = await take();
  put(root, "b.py", "B");
  rmSync(join(root, "c.py"));
  const third = await take();
  const withoutCache = await takeSnapshot(root, { clock });

  assert.deepEqual([first.filesRead, second.filesRead, third.filesRead], [3, 0, 1]);
  assert.equal(second.id, first.id);
  assert.equal(third.id, withoutCache.id);
  assert.notEqual(third.id, first.id);
});

test("small files are given on as they are read, and not again when they are known", async (t) => {
  const cacheFolder = makeFolder(t);
  const root = makeFolder(t, { "a.py": "a", "b.py": "b", "big.bin": Buffer.alloc(5_000_000) });
  const taken = new Map<string, string>();
  const sink = {
    take: (hash: string, bytes: Uint8Array) => void taken.set(hash, Buffer.from(bytes).toString()),
    room: async () => {},
  };

  await takeSnapshot(root, { clock: anHourLater, cacheFolder, sink });
  assert.deepEqual(Object.fromEntries(taken), { [hashOf("a")]: "a", [hashOf("b")]: "b" });

  taken.clear();
  await takeSnapshot(root, { clock: anHourLater, cacheFolder, sink });
  assert.equal(taken.size, 0);
});

test("what was hashed before an interruption is not read again", async (t) => {
  const cacheFolder = makeFolder(t);
  const root = makeFolder(t);
  for (let number = 0; number < 40; number++) put(root, `f${number}`, Buffer.alloc(1 << 20, number));
  let turns = 0;
  const sink = {
    take: () => {},
    room: async () => {
      if (++turns === 3) throw new Error("interrupted");
    },
  };

  await assert.rejects(takeSnapshot(root, { clock: anHourLater, cacheFolder, sink }), /interrupted/);
  const { filesRead } = await takeSnapshot(root, { clock: anHourLater, cacheFolder });

  assert.ok(filesRead > 0 && filesRead < 40, `${filesRead} of 40 files were read again`);
});

test("a change that keeps size and modification time is still seen", async (t) => {
  const cacheFolder = makeFolder(t);
  const root = makeFolder(t, { "a.py": "before" });
  const when = new Date(2020, 1, 1);
  utimesSync(join(root, "a.py"), when, when);
  await takeSnapshot(root, { clock: anHourLater, cacheFolder });

  put(root, "a.py", "after!");
  utimesSync(join(root, "a.py"), when, when);
  const { manifest } = await takeSnapshot(root, { clock: anHourLater, cacheFolder });

  assert.equal(manifest.files[0]!.hash, hashOf("after!"));
});

test("a file changed just before the snapshot is not remembered: its next change may look the same", async (t) => {
  const cacheFolder = makeFolder(t);
  const root = makeFolder(t, { "a.py": "a" });
  const take = () => takeSnapshot(root, { clock, cacheFolder });

  assert.equal((await take()).filesRead, 1);
  assert.equal((await take()).filesRead, 1);
});

test("a change of the executable bit alone makes another snapshot", async (t) => {
  const cacheFolder = makeFolder(t);
  const root = makeFolder(t, { "run.sh": "" });
  const take = () => takeSnapshot(root, { clock: anHourLater, cacheFolder });
  const before = await take();

  chmodSync(join(root, "run.sh"), 0o755);

  assert.notEqual((await take()).id, before.id);
});

test("a cache damaged at any byte is not believed", async (t) => {
  const cacheFolder = makeFolder(t);
  const root = makeFolder(t, { "a.py": "a" });
  const take = () => takeSnapshot(root, { clock: anHourLater, cacheFolder });
  const { id } = await take();
  const file = join(cacheFolder, readdirSync(cacheFolder)[0]!);
  const whole = readFileSync(file);

  for (let at = 0; at < whole.length; at++) {
    const damaged = Buffer.from(whole);
    damaged.writeUInt8(damaged[at]! ^ 1, at);
    for (const content of [damaged, whole.subarray(0, at)]) {
      writeFileSync(file, content);
      const again = await take();
      assert.deepEqual([again.id, again.filesRead], [id, 1], `byte ${at}`);
    }
  }
});

test("a file being rewritten is taken whole: as it was or as it is", async (t) => {
  const size = 300_000;
  const root = makeFolder(t, { "model.bin": Buffer.alloc(size, "A"), "still.py": "x" });
  const path = join(root, "model.bin");
  const whole = new Set(["A", "B"].map((letter) => hashOf(Buffer.alloc(size, letter))));
  const writer = rewriteAgainAndAgain(path, size);
  t.after(() => writer.terminate());

  for (let round = 0; round < 10; round++) {
    await once(writer, "message");
    const { manifest } = await takeSnapshot(root, { clock });
    const file = manifest.files.find((file) => file.path === "model.bin")!;
    assert.ok(whole.has(file.hash), `a mixture of ${file.sizeBytes} bytes`);
    assert.equal(file.sizeBytes, size);
  }
});

/** Overwrites the file in place, in pieces that take longer than a read, and rests between two versions. */
function rewriteAgainAndAgain(path: string, size: number): Worker {
  const program = `
    const { openSync, writeSync, closeSync } = require("node:fs");
    const { parentPort } = require("node:worker_threads");
    const pause = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
    for (let turn = 0; ; turn++) {
      const file = openSync(${JSON.stringify(path)}, "r+");
      parentPort.postMessage("a new version begins");
      for (let at = 0; at < ${size}; at += 10000) {
        writeSync(file, Buffer.alloc(10000, turn % 2 ? "A" : "B"), 0, 10000, at);
        pause(1);
      }
      closeSync(file);
      pause(150);
    }`;
  return new Worker(program, { eval: true });
}

test("a file that never stops changing is refused by name", async (t) => {
  const root = makeFolder(t, { "busy.log": "" });
  const path = join(root, "busy.log");
  // It changes whenever the snapshot rests to let it settle, and grows while it is read.
  const restless: Clock = { ...systemClock, sleep: async () => {} };
  const descriptor = openSync(path, "a");
  writeSync(descriptor, Buffer.alloc(30_000_000));
  t.after(() => closeSync(descriptor));
  const timer = setInterval(() => writeSync(descriptor, "x"), 0);
  t.after(() => clearInterval(timer));

  await assert.rejects(takeSnapshot(root, { clock: restless }), { code: "conflict", message: /busy\.log/ });
});

test("the progress ends at all files and all bytes", async (t) => {
  const root = makeFolder(t, { "a.py": "a", "b.py": "bb" });
  const seen: unknown[] = [];

  await takeSnapshot(root, { clock, onProgress: (progress) => seen.push(progress) });

  assert.deepEqual(seen.at(-1), { files: 2, totalFiles: 2, bytes: 3, totalBytes: 3 });
  assert.equal(seen.length, 2);
});

test("an aborted snapshot stops", async (t) => {
  const root = makeFolder(t, { "a.py": "a" });

  await assert.rejects(takeSnapshot(root, { clock, signal: AbortSignal.abort() }), { name: "AbortError" });
});

test("what somebody else takes is not read here, and what is left is", async (t) => {
  const cacheFolder = makeFolder(t);
  const root = makeFolder(t, { "a.py": "a", "b.py": "b", "c.py": "c" });
  const offered: string[] = [];
  const read: string[] = [];
  const take = () =>
    takeSnapshot(root, {
      clock: anHourLater,
      cacheFolder,
      sink: { take: (hash) => void read.push(hash), room: async () => {} },
      taker: {
        async take(files, onTaken) {
          for (const file of files) {
            offered.push(file.path);
            if (file.path !== "b.py") onTaken(file, hashOf(`taken ${file.path}`));
          }
        },
      },
    });

  const first = await take();
  const second = await take();

  const hashes = [hashOf("taken a.py"), hashOf("b"), hashOf("taken c.py")];
  assert.deepEqual(
    first.manifest.files.map((file) => file.hash),
    hashes,
  );
  assert.deepEqual(offered, ["a.py", "b.py", "c.py"]);
  assert.deepEqual(read, [hashOf("b")]);
  assert.equal(second.id, first.id);
});

test("a file that is still being written is read here once more, whoever took it", async (t) => {
  const root = makeFolder(t, { "a.py": "new" });

  const { manifest } = await takeSnapshot(root, {
    clock: { ...systemClock, now: () => 0, sleep: async () => {} },
    taker: {
      take: async (files, onTaken) => onTaken(files[0]!, hashOf("old")),
    },
  });

  assert.equal(manifest.files[0]?.hash, hashOf("new"));
});
