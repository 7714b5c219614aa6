import assert from "node:assert/strict";
import { test } from "node:test";
import { openMemoryStore } from "../../test/support/memory-store.ts";
import {
  closeGrowing,
  findArtifact,
  insertAlias,
  insertGrowing,
  linkBlob,
  listArtifacts,
  reopenGrowing,
  setDurableSize,
  unfinishedGrowing,
} from "./artifacts.ts";
import type { Store } from "./store.ts";

const hashOf = (digit: string) => digit.repeat(64);
const link = (store: Store, path: string, hash = hashOf("a")) =>
  store.write((tx) => linkBlob(tx, "run", { path, hash, sizeBytes: 3, at: 1 }));
const grow = (store: Store, path: string, growingId: string) =>
  store.write((tx) => insertGrowing(tx, "run", { path, growingId, at: 1 }));
const list = async (store: Store, prefix: string, after = "", limit = 1000) =>
  (await listArtifacts(store.db, "run", { prefix, after, limit })).map((row) => row.path);

test("A listing by prefix has exactly the names that begin with it, in the order of code points", async () => {
  const store = await openMemoryStore();
  const names = [
    "a",
    "a%b",
    "a/b",
    "a_b",
    "aXb",
    "a\u{10FFFF}",
    "a\u{10FFFF}b",
    "a\u{10FFFF}\u{10FFFF}",
    "b",
    "A",
    "ä",
    "\uD7FFx",
    "\uE000x",
    "\u{10FFFF}x",
    "😀/x",
    "100%/x",
    "100_/x",
  ];
  for (const name of names) await link(store, name);
  const byCodePoint = (one: string, other: string) => Buffer.compare(Buffer.from(one), Buffer.from(other));

  const prefixes = [
    "",
    "a",
    "a%",
    "a_",
    "a/",
    "a\u{10FFFF}",
    "\uD7FF",
    "\u{10FFFF}",
    "😀",
    "100%",
    "100_",
    "zz",
  ];
  for (const prefix of prefixes) {
    const expected = names.filter((name) => name.startsWith(prefix)).toSorted(byCodePoint);
    assert.deepEqual(await list(store, prefix), expected, JSON.stringify(prefix));
  }
  await store.close();
});

test("Pages go on after the last name", async () => {
  const store = await openMemoryStore();
  const names = ["x/1", "x/2", "x/3", "x/😀", "y"];
  for (const name of names) await link(store, name);

  const first = await list(store, "x/", "", 2);
  const second = await list(store, "x/", first.at(-1), 2);
  const third = await list(store, "x/", second.at(-1), 2);

  assert.deepEqual([first, second, third], [["x/1", "x/2"], ["x/3", "x/😀"], []]);
  await store.close();
});

test("Naming the same bytes again is no change; naming others tells what was there before", async () => {
  const store = await openMemoryStore();

  assert.equal(await link(store, "model"), undefined, "new");
  assert.equal(await link(store, "model"), undefined, "the same");
  const before = await link(store, "model", hashOf("b"));

  assert.equal(before?.hash, hashOf("a"));
  assert.equal((await findArtifact(store.db, "run", "model"))?.hash, hashOf("b"));
  assert.equal(await findArtifact(store.db, "other", "model"), undefined);
  await store.close();
});

test("A whole file that takes a growing one's name tells which bytes are free, and no longer grows", async () => {
  const store = await openMemoryStore();
  await grow(store, "log", "g1");

  const before = await link(store, "log");

  assert.equal(before?.growingId, "g1");
  const now = await findArtifact(store.db, "run", "log");
  assert.deepEqual([now?.hash, now?.growingId, now?.growing], [hashOf("a"), null, false]);
  assert.deepEqual(await unfinishedGrowing(store.db), []);
  await store.close();
});

test("A second name stands for the first, and a name that is taken stays as it is", async () => {
  const store = await openMemoryStore();
  await grow(store, "log", "g1");
  await link(store, "taken");
  const alias = (path: string) => store.write((tx) => insertAlias(tx, "run", { path, of: "log", at: 2 }));

  await alias("old-name");
  await alias("old-name");
  await alias("taken");

  assert.equal((await findArtifact(store.db, "run", "old-name"))?.aliasOf, "log");
  assert.equal((await findArtifact(store.db, "run", "taken"))?.aliasOf, null);
  await store.close();
});

test("A durable size never shrinks, so a late background sync cannot undo a close", async () => {
  const store = await openMemoryStore();
  await grow(store, "log", "g1");
  const sync = (sizeBytes: number) => store.write((tx) => setDurableSize(tx, "g1", sizeBytes));

  await sync(10);
  await store.write((tx) => closeGrowing(tx, "run", "log", 30));
  await sync(20);

  const row = await findArtifact(store.db, "run", "log");
  assert.deepEqual([row?.sizeBytes, row?.growing], [30, false]);
  await store.close();
});

test("What nobody closed is found again, and so is what was opened again", async () => {
  const store = await openMemoryStore();
  for (const id of ["g1", "g2", "g3"]) await grow(store, `log-${id}`, id);
  await store.write(async (tx) => {
    await setDurableSize(tx, "g1", 5);
    await closeGrowing(tx, "run", "log-g2", 6);
    await closeGrowing(tx, "run", "log-g3", 7);
    await reopenGrowing(tx, "run", "log-g3");
  });

  const found = await unfinishedGrowing(store.db);

  assert.deepEqual(
    found.map(({ growingId, sizeBytes }) => [growingId, sizeBytes]),
    [
      ["g1", 5],
      ["g3", 7],
    ],
  );
  await store.close();
});
