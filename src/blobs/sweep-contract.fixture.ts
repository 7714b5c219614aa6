// What every store of blobs must do when it is swept: `testSweep` is called by the tests of each implementation.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Blobs } from "./blobs.ts";
import {
  assertWhole,
  frame,
  hashOf,
  inChunks,
  manyBlobs,
  readAll,
  type BlobsFactory,
} from "./contract.test.ts";

export function testSweep(name: string, open: BlobsFactory): void {
  const contract = (title: string, act: (blobs: Blobs) => Promise<void>) =>
    test(`${name}: ${title}`, async (t) => act(await open(t)));

  contract("a sweep removes what nobody names, and only that", async (blobs) => {
    const batch = [...manyBlobs(200), ...[1, 2, 3, 4].map((fill) => Buffer.alloc(5_000_000, fill))];
    await blobs.writeMany(inChunks(Buffer.concat(batch.map((bytes) => frame(bytes))), 64_000));
    const loose = await blobs.write(inChunks(Buffer.from("loose")));
    const named = new Set(batch.filter((_, number) => number % 3 === 0).map(hashOf));
    const isNamed = (hash: string) => named.has(hash);

    const promised = await blobs.sweep({ isNamed, unusedSince: Infinity, dryRun: true });
    assert.equal((await blobs.missing(batch.map(hashOf))).length, 0);
    const swept = await blobs.sweep({ isNamed, unusedSince: Infinity, dryRun: false });

    assert.deepEqual(swept, promised);
    assert.equal(swept.kept.blobs, named.size);
    assert.equal(swept.removed.blobs, batch.length + 1 - named.size);
    for (const bytes of batch) {
      const hash = hashOf(bytes);
      if (named.has(hash)) assert.deepEqual(await readAll(blobs.read(hash)), bytes);
      else assert.equal(await blobs.size(hash), undefined);
    }
    assert.equal(await blobs.size(loose.hash), undefined);
    await assertWhole(blobs);
  });

  contract("a sweep leaves what was used since the time given, and says so", async (blobs) => {
    const batch = manyBlobs(80);
    await blobs.writeMany(inChunks(Buffer.concat(batch.map((bytes) => frame(bytes)))));
    await blobs.write(inChunks(Buffer.from("loose")));

    const swept = await blobs.sweep({ isNamed: () => false, unusedSince: 1, dryRun: false });

    assert.deepEqual([swept.removed.blobs, swept.waiting.blobs, swept.kept.blobs], [0, 81, 0]);
    assert.deepEqual(await blobs.missing(batch.map(hashOf)), []);
  });

  contract("what a sweep removed can be stored again at once", async (blobs) => {
    const batch = manyBlobs(100);
    const stream = Buffer.concat(batch.map((bytes) => frame(bytes)));
    await blobs.writeMany(inChunks(stream));

    await Promise.all([
      blobs.sweep({ isNamed: () => false, unusedSince: Infinity, dryRun: false }),
      blobs.sweep({ isNamed: () => false, unusedSince: Infinity, dryRun: false }),
    ]);
    await blobs.writeMany(inChunks(stream));

    for (const bytes of batch) assert.deepEqual(await readAll(blobs.read(hashOf(bytes))), bytes);
    await assertWhole(blobs);
  });
}
