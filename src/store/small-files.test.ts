import assert from "node:assert/strict";
import { test } from "node:test";
import { openMemoryStore } from "../../test/support/memory-store.ts";
import { findArtifact, linkBlob, removeArtifacts } from "./artifacts.ts";
import { findSmallFile, insertSmallFiles } from "./small-files.ts";
import type { Store } from "./store.ts";

const insert = (store: Store, ...names: string[]) =>
  store.write((tx) =>
    insertSmallFiles(
      tx,
      "run",
      names.map((path) => ({ path, alias: `${path}-2`, id: `id-${path}`, bytes: Buffer.from(path) })),
      7,
    ),
  );

const textOf = async (store: Store, path: string) => {
  const bytes = await findSmallFile(store.db, `id-${path}`);
  return bytes && Buffer.from(bytes).toString();
};

test("Small files have their names and second names, and a name that is taken is not given again", async () => {
  const store = await openMemoryStore();
  assert.deepEqual(await insert(store, "a", "b"), ["a", "b"]);
  const other = { path: "b", alias: undefined, id: "other", bytes: Buffer.from("other") };
  assert.deepEqual(await store.write((tx) => insertSmallFiles(tx, "run", [other], 8)), []);

  assert.deepEqual(await findArtifact(store.db, "run", "a"), {
    path: "a",
    hash: null,
    growingId: "id-a",
    aliasOf: null,
    sizeBytes: 1,
    growing: false,
    createdAt: 7,
  });
  assert.equal((await findArtifact(store.db, "run", "a-2"))?.aliasOf, "a");
  assert.equal(await textOf(store, "b"), "b");
  assert.equal(await findSmallFile(store.db, "other"), undefined);
  await store.close();
});

test("The bytes go with their name, removed or given to another file", async () => {
  const store = await openMemoryStore();
  await insert(store, "removed", "replaced", "kept");

  await store.write((tx) => removeArtifacts(tx, "run", "removed"));
  await store.write((tx) =>
    linkBlob(tx, "run", { path: "replaced", hash: "a".repeat(64), sizeBytes: 1, at: 8 }),
  );

  assert.equal(await textOf(store, "removed"), undefined);
  assert.equal(await textOf(store, "replaced"), undefined);
  assert.equal(await textOf(store, "kept"), "kept");
  await store.close();
});
