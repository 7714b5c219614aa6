// What every store of blobs must do: `testBlobs` is called by the tests of each implementation.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { encodeFrameHeader } from "../core/blob-frames.ts";
import { isHash } from "../core/snapshot.ts";
import type { Blobs, LocalFile } from "./blobs.ts";

/** A fresh, empty store; what it needs is released when the test ends. */
export type BlobsFactory = (t: TestContext) => Promise<Blobs>;

export const hashOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

export async function* inChunks(bytes: Uint8Array, size = 1000) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

export const frame = (bytes: Uint8Array, name = hashOf(bytes)) =>
  Buffer.concat([encodeFrameHeader(name, bytes.length), bytes]);

export const manyBlobs = (count: number) =>
  Array.from({ length: count }, (_, number) => Buffer.from(`blob ${number} ${"x".repeat(number % 50)}`));

export async function readAll(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces = [];
  for await (const piece of source) pieces.push(piece);
  return Buffer.concat(pieces);
}

export function asLocalFile(path: string): LocalFile {
  const { size, mtimeMs, ctimeMs, ino } = statSync(path);
  return { path, sizeBytes: size, modifiedMs: mtimeMs, changedMs: ctimeMs, inode: ino };
}

/** Files with these contents, gone when the test ends. */
function filesOf(t: TestContext, contents: readonly Uint8Array[]): LocalFile[] {
  const folder = mkdtempSync(join(tmpdir(), "trainyard-files-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return contents.map((bytes, number) => {
    const path = join(folder, String(number));
    writeFileSync(path, bytes);
    return asLocalFile(path);
  });
}

export async function assertWhole(blobs: Blobs): Promise<void> {
  assert.deepEqual(await Array.fromAsync(blobs.verify()), []);
}

const absent = "0".repeat(64);

export function testBlobs(name: string, open: BlobsFactory): void {
  const contract = (title: string, act: (blobs: Blobs, t: TestContext) => Promise<void>) =>
    test(`${name}: ${title}`, async (t) => act(await open(t), t));

  contract("what was written is read back, whatever its size", async (blobs) => {
    for (const size of [0, 1, 1000, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3_000_000]) {
      const bytes = randomBytes(size);

      const stored = await blobs.write(inChunks(bytes, 60_000));

      assert.deepEqual(stored, { hash: hashOf(bytes), sizeBytes: size });
      assert.equal(await blobs.size(stored.hash), size);
      assert.deepEqual(await readAll(blobs.read(stored.hash)), bytes);
    }
    await assertWhole(blobs);
  });

  contract("bytes that are not those expected are refused and not kept", async (blobs) => {
    const bytes = Buffer.from("other");

    await assert.rejects(blobs.write(inChunks(bytes), absent), { name: "Refused", code: "invalid" });

    assert.deepEqual(await blobs.missing([absent, hashOf(bytes)]), [absent, hashOf(bytes)]);
  });

  contract("a source that fails at any byte leaves nothing behind", async (blobs) => {
    const bytes = Buffer.from("a source that fails");
    const hash = hashOf(bytes);

    for (let length = 0; length <= bytes.length; length++) {
      const failing = async function* () {
        yield* inChunks(bytes.subarray(0, length), 1);
        throw new Error("the line was cut");
      };
      await assert.rejects(blobs.write(failing(), hash), /the line was cut/);
      assert.deepEqual(await blobs.missing([hash]), [hash]);
    }

    await blobs.write(inChunks(bytes), hash);
    assert.deepEqual(await blobs.missing([hash]), []);
  });

  contract("a blob that is there already is not read again", async (blobs) => {
    const bytes = Buffer.from("once");
    await blobs.write(inChunks(bytes));
    const unread = (): AsyncIterator<Uint8Array> => assert.fail("the source was read");

    const stored = await blobs.write({ [Symbol.asyncIterator]: unread }, hashOf(bytes));

    assert.deepEqual(stored, { hash: hashOf(bytes), sizeBytes: 4 });
  });

  contract("twenty writers of one blob at once all succeed", async (blobs) => {
    const bytes = randomBytes(100_000);

    const stored = await Promise.all(
      Array.from({ length: 20 }, () => blobs.write(inChunks(bytes), hashOf(bytes))),
    );

    assert.equal(stored.length, 20);
    assert.deepEqual(await readAll(blobs.read(hashOf(bytes))), bytes);
    await assertWhole(blobs);
  });

  contract("missing says each absent hash once, in the order asked", async (blobs) => {
    const { hash } = await blobs.write(inChunks(Buffer.from("here")));
    const other = "f".repeat(64);

    assert.deepEqual(await blobs.missing([other, hash, absent, other, hash]), [other, absent]);
    assert.deepEqual(await blobs.missing([]), []);
  });

  for (const count of [1, 63, 64, 500]) {
    contract(`a batch of ${count} is stored and read back`, async (blobs) => {
      const batch = manyBlobs(count);

      const stored = await blobs.writeMany(inChunks(Buffer.concat(batch.map((bytes) => frame(bytes)))));

      assert.deepEqual(
        stored,
        batch.map((bytes) => ({ hash: hashOf(bytes), sizeBytes: bytes.length })),
      );
      assert.deepEqual(await blobs.missing(batch.map(hashOf)), []);
      for (const bytes of batch) {
        assert.equal(await blobs.size(hashOf(bytes)), bytes.length);
        assert.deepEqual(await readAll(blobs.read(hashOf(bytes))), bytes);
      }
      await assertWhole(blobs);
    });
  }

  contract("a batch may mix big, small, empty and repeated blobs, some there already", async (blobs) => {
    const big = randomBytes(9_000_000);
    const known = Buffer.from("known");
    await blobs.write(inChunks(known));
    const batch = [big, Buffer.alloc(0), known, ...manyBlobs(70), big, Buffer.alloc(0)];

    await blobs.writeMany(inChunks(Buffer.concat(batch.map((bytes) => frame(bytes))), 64_000));

    for (const bytes of batch) assert.deepEqual(await readAll(blobs.read(hashOf(bytes))), bytes);
    await assertWhole(blobs);
  });

  for (const [what, size, count] of [
    ["small", 10, 10],
    ["packed", 10, 100],
    ["big", 5_000_000, 1],
  ] as const) {
    contract(`a batch with one misnamed ${what} frame is refused whole`, async (blobs) => {
      const good = manyBlobs(count);
      const bad = randomBytes(size);
      const stream = Buffer.concat([...good.map((bytes) => frame(bytes)), frame(bad, absent)]);

      await assert.rejects(blobs.writeMany(inChunks(stream, 50_000)), { name: "Refused", code: "invalid" });

      const asked = [...good.map(hashOf), absent, hashOf(bad)];
      assert.deepEqual(await blobs.missing(asked), asked);
    });
  }

  contract("a batch cut at any byte is refused, and can be sent again", async (blobs) => {
    const batch = manyBlobs(3);
    const stream = Buffer.concat(batch.map((bytes) => frame(bytes)));
    const edges = [0, 1, 2].map((count) => batch.slice(0, count).reduce((sum, b) => sum + 40 + b.length, 0));

    for (let length = 0; length < stream.length; length++) {
      if (edges.includes(length)) continue;
      const cut = blobs.writeMany(inChunks(stream.subarray(0, length), 7));
      await assert.rejects(cut, { name: "Refused", code: "invalid" });
      await assertWhole(blobs);
    }

    await blobs.writeMany(inChunks(stream, 7));
    assert.deepEqual(await blobs.missing(batch.map(hashOf)), []);
  });

  contract(
    "of a big batch that breaks off nothing is there in part, and the rest completes it",
    async (blobs) => {
      const batch = manyBlobs(500);
      const stream = Buffer.concat(batch.map((bytes) => frame(bytes)));
      const breaking = async function* () {
        yield* inChunks(stream.subarray(0, stream.length / 2), 10_000);
        throw new Error("the line was cut");
      };

      await assert.rejects(blobs.writeMany(breaking()), /the line was cut/);

      const missing = new Set(await blobs.missing(batch.map(hashOf)));
      const rest = batch.filter((bytes) => missing.has(hashOf(bytes)));
      await assertWhole(blobs);
      await blobs.writeMany(inChunks(Buffer.concat(rest.map((bytes) => frame(bytes)))));
      assert.deepEqual(await blobs.missing(batch.map(hashOf)), []);
      for (const bytes of batch) assert.deepEqual(await readAll(blobs.read(hashOf(bytes))), bytes);
    },
  );

  contract("files are stored where they lie, whatever their size, and only what is new", async (blobs, t) => {
    const known = Buffer.from("known");
    await blobs.write(inChunks(known));
    const sizes = [0, 1, 65_536, 4_000_000, 4 << 20, (4 << 20) + 1, 9_000_000];
    const contents = [known, ...sizes.map((size) => randomBytes(size)), ...manyBlobs(300)];
    const twice = [...contents, contents[5]!, contents.at(-1)!];

    const written = await blobs.writeFiles(filesOf(t, twice));
    const again = await blobs.writeFiles(filesOf(t, twice));

    assert.deepEqual(written.hashes, twice.map(hashOf));
    assert.equal(written.newBlobs, contents.length - 1);
    assert.equal(
      written.newBytes,
      contents.slice(1).reduce((sum, bytes) => sum + bytes.length, 0),
    );
    assert.deepEqual(again, { hashes: twice.map(hashOf), newBlobs: 0, newBytes: 0 });
    for (const bytes of contents) assert.deepEqual(await readAll(blobs.read(hashOf(bytes))), bytes);
    await assertWhole(blobs);
  });

  contract(
    "a file that is not any more what it was is left out, and the others are stored",
    async (blobs, t) => {
      for (const size of [100, 5_000_000]) {
        const contents = Array.from({ length: 6 }, () => randomBytes(size));
        const files = filesOf(t, contents);
        appendFileSync(files[0]!.path, "x");
        writeFileSync(files[1]!.path, randomBytes(size));
        rmSync(files[2]!.path);
        rmSync(files[3]!.path);
        mkdirSync(files[3]!.path);
        rmSync(files[4]!.path);
        execFileSync("mkfifo", [files[4]!.path]);

        const { hashes, newBlobs } = await blobs.writeFiles(files);

        assert.deepEqual(hashes, [...Array.from({ length: 5 }, () => undefined), hashOf(contents[5]!)]);
        assert.equal(newBlobs, 1);
        assert.deepEqual(await readAll(blobs.read(hashOf(contents[5]!))), contents[5]);
      }
      await assertWhole(blobs);
    },
  );

  contract("many batches of files at once are all stored", async (blobs, t) => {
    const batches = Array.from({ length: 8 }, () => Array.from({ length: 40 }, () => randomBytes(10_000)));

    const written = await Promise.all(batches.map((batch) => blobs.writeFiles(filesOf(t, batch))));

    assert.deepEqual(
      written.map(({ hashes }) => hashes),
      batches.map((batch) => batch.map(hashOf)),
    );
    assert.deepEqual(await blobs.missing(batches.flat().map(hashOf)), []);
    await assertWhole(blobs);
  });

  contract("a range gives just those bytes, of small and big, packed and single blobs", async (blobs) => {
    const big = randomBytes(2_500_000);
    const packed = manyBlobs(100);
    await blobs.write(inChunks(big));
    await blobs.writeMany(inChunks(Buffer.concat(packed.map((bytes) => frame(bytes)))));

    for (const bytes of [big, packed[49]!]) {
      for (const [start, end] of [
        [0, 3],
        [3, 3],
        [5, 40],
        [5],
        [0, bytes.length + 9],
        [bytes.length],
      ] as const) {
        const range = end === undefined ? { start } : { start, end };
        assert.deepEqual(await readAll(blobs.read(hashOf(bytes), range)), bytes.subarray(start, end));
      }
    }
  });

  contract("a removed blob is gone and can come back, packed or not", async (blobs) => {
    const batch = manyBlobs(100);
    const stream = Buffer.concat(batch.map((bytes) => frame(bytes)));
    const single = Buffer.from("single");
    await blobs.write(inChunks(single));
    await blobs.writeMany(inChunks(stream));

    for (const bytes of [single, ...batch.slice(0, 80)])
      assert.equal(await blobs.remove(hashOf(bytes)), true);

    assert.equal(await blobs.remove(hashOf(single)), false);
    const gone = [single, ...batch.slice(0, 80)].map(hashOf);
    assert.deepEqual(await blobs.missing([...gone, ...batch.slice(80).map(hashOf)]), gone);
    assert.equal(await blobs.size(gone[0]!), undefined);
    for (const bytes of batch.slice(80)) assert.deepEqual(await readAll(blobs.read(hashOf(bytes))), bytes);
    await blobs.writeMany(inChunks(stream));
    assert.deepEqual(await blobs.missing(batch.map(hashOf)), []);
    await assertWhole(blobs);
  });

  contract("two equal batches at once leave one removable set", async (blobs) => {
    const batch = manyBlobs(100);
    const stream = Buffer.concat(batch.map((bytes) => frame(bytes)));
    await Promise.all([blobs.writeMany(inChunks(stream)), blobs.writeMany(inChunks(stream, 99))]);

    await Promise.all(batch.map((bytes) => blobs.remove(hashOf(bytes))));

    assert.equal((await blobs.missing(batch.map(hashOf))).length, 100);
  });

  contract(
    "what is not there has no size, and reading it is refused before the first byte",
    async (blobs) => {
      assert.equal(await blobs.size(absent), undefined);
      assert.equal(await blobs.remove(absent), false);
      await assert.rejects(readAll(blobs.read(absent)), { name: "Refused", code: "not-found" });
      await assert.rejects(readAll(blobs.read(absent, { start: 0 })), { name: "Refused", code: "not-found" });
    },
  );

  contract("a name that is no hash is refused, never used as a path", async (blobs) => {
    for (const bad of [
      "",
      "..",
      "../../etc/passwd",
      "AB".repeat(32),
      `${absent}/`,
      "%2e%2e%2f",
      "a".repeat(65),
    ]) {
      assert.equal(isHash(bad), false);
      await assert.rejects(blobs.missing([bad]), { name: "Refused", code: "invalid" });
      await assert.rejects(blobs.size(bad), { name: "Refused", code: "invalid" });
      await assert.rejects(blobs.remove(bad), { name: "Refused", code: "invalid" });
      await assert.rejects(readAll(blobs.read(bad)), { name: "Refused", code: "invalid" });
      await assert.rejects(blobs.write(inChunks(Buffer.from("x")), bad), {
        name: "Refused",
        code: "invalid",
      });
    }
  });
}
