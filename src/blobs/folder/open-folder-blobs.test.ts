import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test, type TestContext } from "node:test";
import type { Blobs } from "../blobs.ts";
import {
  asLocalFile,
  assertWhole,
  frame,
  hashOf,
  inChunks,
  manyBlobs,
  readAll,
  testBlobs,
} from "../contract.test.ts";
import { testSweep } from "../sweep-contract.fixture.ts";
import { openFolderBlobs } from "./open-folder-blobs.ts";

async function tempFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "trainyard-blobs-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const framed = (batch: Uint8Array[]) => inChunks(Buffer.concat(batch.map((bytes) => frame(bytes))), 64_000);
const filesIn = async (folder: string) =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

testBlobs("folder", async (t) => openFolderBlobs(await tempFolder(t)));
testSweep("folder", async (t) => openFolderBlobs(await tempFolder(t)));

test("everything is there after opening the folder again", async (t) => {
  const folder = await tempFolder(t);
  const batch = manyBlobs(200);
  const blobs = await openFolderBlobs(folder);
  await blobs.writeMany(framed(batch));
  const single = await blobs.write(inChunks(Buffer.from("single")));
  await blobs.remove(hashOf(batch[7]!));

  const again = await openFolderBlobs(folder);

  assert.deepEqual(await again.missing([single.hash, ...batch.map(hashOf)]), [hashOf(batch[7]!)]);
  for (const bytes of batch.slice(8)) assert.deepEqual(await readAll(again.read(hashOf(bytes))), bytes);
  await assertWhole(again);
});

test("ten thousand small blobs make one file, a few make no pack", async (t) => {
  const folder = await tempFolder(t);
  const blobs = await openFolderBlobs(folder);

  await blobs.writeMany(framed(manyBlobs(10_000)));
  assert.equal((await filesIn(folder)).length, 1);

  await blobs.writeMany(framed([Buffer.from("one"), Buffer.from("two")]));
  assert.equal((await filesIn(join(folder, "loose"))).length, 2);
  assert.equal((await filesIn(join(folder, "packs"))).length, 1);
});

test("a pack is rewritten when half of it is removed, and deleted when all is", async (t) => {
  const folder = await tempFolder(t);
  const blobs = await openFolderBlobs(folder);
  const batch = Array.from({ length: 100 }, (_, number) => Buffer.alloc(1000, number));
  await blobs.writeMany(framed(batch));
  const [pack] = await filesIn(join(folder, "packs"));
  const before = (await stat(pack!)).size;

  for (const bytes of batch.slice(0, 60)) await blobs.remove(hashOf(bytes));
  const sizes = await Promise.all(
    (await filesIn(join(folder, "packs"))).map(async (f) => (await stat(f)).size),
  );
  assert.ok(Math.max(...sizes) < before * 0.6, `${sizes.join(", ")} bytes of ${before}`);
  assert.deepEqual(
    await (await openFolderBlobs(folder)).missing(batch.map(hashOf)),
    batch.slice(0, 60).map(hashOf),
  );

  for (const bytes of batch.slice(60)) await blobs.remove(hashOf(bytes));
  assert.deepEqual(await filesIn(join(folder, "packs")), []);
});

test("what the disk refuses while files are stored is told with its code, and storing goes on later", async (t) => {
  const folder = await tempFolder(t);
  const blobs = await openFolderBlobs(folder);
  const bytes = Buffer.from("bytes of a file");
  await writeFile(join(folder, "file"), bytes);
  const file = asLocalFile(join(folder, "file"));

  await rm(join(folder, "temp"), { recursive: true });
  await assert.rejects(blobs.writeFiles([file]), { code: "ENOENT" });
  await mkdir(join(folder, "temp"));

  assert.deepEqual((await blobs.writeFiles([file])).hashes, [hashOf(bytes)]);
  await assertWhole(blobs);
});

test("what a killed process left half written is not visible and is cleaned up", async (t) => {
  const folder = await tempFolder(t);
  await openFolderBlobs(folder);
  await writeFile(join(folder, "temp", "half.pack"), frame(Buffer.from("half")).subarray(0, 42));
  await writeFile(join(folder, "temp", "half"), "ha");

  const again = await openFolderBlobs(folder);

  assert.deepEqual(await again.missing([hashOf(Buffer.from("half"))]), [hashOf(Buffer.from("half"))]);
  assert.deepEqual(await filesIn(folder), []);
});

test("what came whole before a batch broke off is kept, also over a restart", async (t) => {
  const folder = await tempFolder(t);
  const batch = manyBlobs(200);
  const cut = Buffer.concat([
    ...batch.slice(0, 150).map((bytes) => frame(bytes)),
    frame(batch[150]!).subarray(0, 41),
  ]);

  await assert.rejects((await openFolderBlobs(folder)).writeMany(inChunks(cut, 64_000)), { code: "invalid" });

  const again = await openFolderBlobs(folder);
  assert.deepEqual(await again.missing(batch.map(hashOf)), batch.slice(150).map(hashOf));
  await assertWhole(again);
});

for (const [kind, batch] of [
  ["a loose file", [Buffer.alloc(3_000_000, "abc")]],
  ["a pack", manyBlobs(100)],
] as const) {
  test(`one flipped bit in ${kind} is found by reading and by verify, and heals by storing again`, async (t) => {
    const folder = await tempFolder(t);
    const blobs = await openFolderBlobs(folder);
    await blobs.writeMany(framed([...batch]));
    const [file] = await filesIn(folder);
    const content = await readFile(file!);
    const victim = batch.at(-1)!;
    const at = content.indexOf(victim) + victim.length - 1;
    content.writeUInt8(content[at]! ^ 4, at);
    await writeFile(file!, content);

    await assert.rejects(readAll(blobs.read(hashOf(victim))), { name: "BlobDamaged", hash: hashOf(victim) });
    const found = await Array.fromAsync(blobs.verify());
    assert.deepEqual(
      found.map((damaged) => damaged.hash),
      [hashOf(victim)],
    );
    assert.equal(found[0]!.where, file);

    await blobs.remove(hashOf(victim));
    await blobs.write(inChunks(victim, 100_000));
    assert.deepEqual(await readAll(blobs.read(hashOf(victim))), victim);
    await assertWhole(blobs);
  });
}

test("a pack cut short at any byte gives only whole blobs, and verify says so", async (t) => {
  const folder = await tempFolder(t);
  const batch = manyBlobs(64);
  await (await openFolderBlobs(folder)).writeMany(framed(batch));
  const [pack] = await filesIn(folder);
  const { size } = await stat(pack!);

  for (let length = size - 1; length >= 0; length -= 97) {
    await truncate(pack!, length);
    const blobs = await openFolderBlobs(folder);
    const missing = new Set(await blobs.missing(batch.map(hashOf)));
    for (const bytes of batch) {
      if (!missing.has(hashOf(bytes))) assert.deepEqual(await readAll(blobs.read(hashOf(bytes))), bytes);
    }
    const [damage] = await Array.fromAsync(blobs.verify());
    assert.equal(damage?.where, pack);
  }
});

test("a process killed at any instant loses nothing that it acknowledged and shows nothing half", async (t) => {
  const folder = await tempFolder(t);

  for (let round = 0; round < 5; round++) {
    const acknowledged = await writeUntilKilled(folder, randomInt(1, 30));
    const blobs: Blobs = await openFolderBlobs(folder);
    assert.deepEqual(await blobs.missing(acknowledged), []);
    await assertWhole(blobs);
  }
});

test("a process killed at any instant of a sweep loses nothing that is named", async (t) => {
  const folder = await tempFolder(t);
  const named: string[] = [];

  for (let round = 0; round < 5; round++) {
    named.push(...(await writeUntilKilled(folder, randomInt(1, 20), "endless-sweeper")));
    const blobs = await openFolderBlobs(folder);
    assert.deepEqual(await blobs.missing(named), []);
    await assertWhole(blobs);
  }
});

for (const [kind, batch] of [
  ["a loose file", [Buffer.from("loose")]],
  ["a pack", manyBlobs(100)],
] as const) {
  test(`who hears that ${kind} is there can count on it, though nobody used it for long`, async (t) => {
    const folder = await tempFolder(t);
    const first = await openFolderBlobs(folder);
    await first.writeMany(framed([...batch]));
    const longAgo = new Date(Date.now() - 7 * 86_400_000);
    for (const file of await filesIn(folder)) await utimes(file, longAgo, longAgo);
    const unusedSince = Date.now() - 86_400_000;
    const options = { isNamed: () => false, unusedSince, dryRun: false };

    const asked = await openFolderBlobs(folder);
    assert.deepEqual(await asked.missing(batch.map(hashOf)), []);
    assert.equal((await asked.sweep(options)).removed.blobs, 0);
    const restarted = await openFolderBlobs(folder);
    assert.equal((await restarted.sweep(options)).removed.blobs, 0);

    for (const file of await filesIn(folder)) await utimes(file, longAgo, longAgo);
    const forgotten = await openFolderBlobs(folder);
    assert.equal((await forgotten.sweep(options)).removed.blobs, batch.length);
    assert.deepEqual(await filesIn(folder), []);
  });
}

/** Runs a writer beside this file and kills it after so many acknowledgments. */
async function writeUntilKilled(
  folder: string,
  acknowledgments: number,
  writer = "endless-writer",
): Promise<string[]> {
  const program = join(import.meta.dirname, `${writer}.fixture.ts`);
  const child = spawn(process.execPath, [program, folder], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const acknowledged: string[] = [];
  let batches = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged.push(...line.split(" "));
    if (++batches === acknowledgments) child.kill("SIGKILL");
  }
  await exited;
  assert.ok(batches >= acknowledgments);
  return acknowledged.filter((hash) => hash.length === 64);
}
