import assert from "node:assert/strict";
import { readdir, stat, truncate } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { createRandom } from "../../test/support/random.ts";
import { makeTempFolder } from "../../test/support/temp-folder.ts";
import { Refused } from "../core/refused.ts";
import { GrowingFiles } from "./growing-files.ts";

async function* chunks(...texts: string[]) {
  for (const text of texts) yield Buffer.from(text);
}

async function readAll(files: GrowingFiles, id: string, start = 0, end = Infinity): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of files.read(id, start, end)) parts.push(part);
  return Buffer.concat(parts).toString();
}

const openHandles = async () => (await readdir("/proc/self/fd").catch(() => [])).length;

test("Bytes are appended once, however the source cuts and repeats them", async () => {
  await using folder = await makeTempFolder();
  const files = new GrowingFiles(folder.path);
  const whole = Array.from({ length: 3000 }, (_, index) => `${index},`).join("");
  const random = createRandom(7);

  for (let size = 0; size < whole.length;) {
    const from = random.below(size + 1);
    const to = Math.min(whole.length, from + random.below(2000));
    const cut = from + random.below(to - from + 1);
    const now = await files.append("f1", from, chunks(whole.slice(from, cut), "", whole.slice(cut, to)));
    assert.equal(now, Math.max(size, to));
    size = now;
  }

  assert.equal(await readAll(files, "f1"), whole);
  await files.closeAll();
});

test("Appends to one file happen one after another, those to many files side by side", async () => {
  await using folder = await makeTempFolder();
  const files = new GrowingFiles(folder.path);
  let goOn = () => {};
  const gate = new Promise<void>((resolve) => (goOn = resolve));
  async function* slow() {
    yield Buffer.from("slow ");
    await gate;
  }

  const first = files.append("one", 0, slow());
  const second = files.append("one", 5, chunks("second"));
  assert.equal(await files.append("other", 0, chunks("free")), 4);
  goOn();
  await Promise.all([first, second]);

  assert.equal(await readAll(files, "one"), "slow second");
  await files.closeAll();
});

test("A source that fails leaves whole what was written before, and the next append works", async () => {
  await using folder = await makeTempFolder();
  const files = new GrowingFiles(folder.path);
  async function* broken() {
    yield Buffer.alloc(3 << 20, "x");
    throw new Error("gone");
  }

  await assert.rejects(files.append("f1", 0, broken()), { message: "gone" });
  const { sizeBytes } = await files.size("f1");
  await files.append("f1", sizeBytes, chunks("end"));

  const text = await readAll(files, "f1");
  assert.equal(text, `${"x".repeat(sizeBytes)}end`);
  await files.closeAll();
});

test("A gap is refused with the size there is, also of a file that is not there", async () => {
  await using folder = await makeTempFolder();
  const files = new GrowingFiles(folder.path);

  await assert.rejects(
    files.append("f1", 1, chunks("x")),
    (error) => error instanceof Refused && error.details?.["expected"] === 0,
  );
  await files.closeAll();
});

test("Only what was synced is called durable, and what is not is listed", async () => {
  await using folder = await makeTempFolder();
  const files = new GrowingFiles(folder.path);
  await files.append("f1", 0, chunks("abc"));

  assert.deepEqual(await files.size("f1"), { sizeBytes: 3, durableBytes: 0 });
  assert.deepEqual(await files.unsynced(), ["f1"]);
  assert.equal(await files.sync("f1"), 3);
  assert.deepEqual(await files.unsynced(), []);
  await files.append("f1", 3, chunks("d"));
  assert.deepEqual(await files.size("f1"), { sizeBytes: 4, durableBytes: 3 });
  assert.deepEqual(await files.unsynced(), ["f1"]);
  await files.closeAll();
});

test("A reader goes on through a close and a removal, and reading keeps no file open", async () => {
  await using folder = await makeTempFolder();
  const files = new GrowingFiles(folder.path);
  const size = 5 << 20;
  await files.append("f1", 0, chunks("x".repeat(size)));
  const before = await openHandles();
  const reader = files.read("f1", 0, Infinity);
  let total = (await reader.next()).value!.byteLength;

  await files.close("f1");
  await files.remove("f1");
  for await (const part of reader) total += part.byteLength;

  assert.equal(total, size);
  await files.append("f2", 0, chunks("y"));
  await files.close("f2");
  for (let turn = 0; turn < 20; turn++) await readAll(files, "f2");
  assert.ok((await openHandles()) <= before);
});

test("A file that is not there reads as empty and has no size", async () => {
  await using folder = await makeTempFolder();
  const files = new GrowingFiles(folder.path);

  assert.equal(await readAll(files, "never"), "");
  assert.deepEqual(await files.size("never"), { sizeBytes: 0, durableBytes: 0 });
  await files.cutBack("never", 0);
  await files.remove("never");
});

test("Cut back, a file has exactly the durable bytes and takes the others again", async () => {
  await using folder = await makeTempFolder();
  const first = new GrowingFiles(folder.path);
  await first.append("f1", 0, chunks("0123456789"));
  await first.closeAll();

  const second = new GrowingFiles(folder.path);
  await second.cutBack("f1", 4);
  assert.equal(await readAll(second, "f1"), "0123");
  assert.equal(await second.append("f1", 4, chunks("4567")), 8);

  assert.equal(await readAll(second, "f1"), "01234567");
  assert.equal(await readAll(second, "f1", 2, 5), "234");
  await second.closeAll();
});

test("Files lie below the folder by the end of their ids, for their owner alone", async () => {
  await using folder = await makeTempFolder();
  const files = new GrowingFiles(folder.path);
  await files.append("some-id-7f", 0, chunks("x"));
  await files.closeAll();

  const path = join(folder.path, "7f", "some-id-7f");
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  await truncate(path, 0);
  assert.equal((await files.size("some-id-7f")).sizeBytes, 0);
});

test("A file that came whole is read where it lies, and becomes a file when something is appended to it", async () => {
  await using folder = await makeTempFolder();
  const whole = new Map([["f1", Buffer.from("came whole")]]);
  const files = new GrowingFiles(folder.path, async (id) => whole.get(id));

  assert.equal(await readAll(files, "f1", 5), "whole");
  assert.equal(await readAll(files, "f1", 0, 4), "came");
  assert.deepEqual(await files.size("f1"), { sizeBytes: 10, durableBytes: 10 });
  await files.cutBack("f1", 10);
  assert.deepEqual(
    await readdir(join(folder.path, "f1")).catch(() => []),
    [],
    "nothing was written for that",
  );

  await assert.rejects(files.append("f1", 11, chunks("x")), { code: "conflict" });
  assert.equal(await files.append("f1", 0, chunks("came whole, and more")), 20);
  assert.equal(await readAll(files, "f1"), "came whole, and more");
  await files.closeAll();
  const second = new GrowingFiles(folder.path, async (id) => whole.get(id));
  await second.cutBack("f1", 10);
  assert.equal(await readAll(second, "f1"), "came whole");
  await assert.rejects(new GrowingFiles(folder.path).cutBack("f2", 1), /the bytes of .*f2 are gone/);
  await second.closeAll();
});
