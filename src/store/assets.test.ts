import assert from "node:assert/strict";
import { test } from "node:test";
import { openMemoryStore } from "../../test/support/memory-store.ts";
import { addAssetLabel, deleteAsset, describeAsset, removeAssetLabel } from "./asset-changes.ts";
import { findAsset, findLabeled, insertAsset, listAssetNames, queryAssets } from "./assets.ts";
import type { NewAsset } from "./assets.ts";
import type { Store } from "./store.ts";

const add = (store: Store, name: string, changes: Partial<NewAsset> = {}) =>
  store.write((tx) =>
    insertAsset(tx, {
      kind: "data",
      name,
      version: undefined,
      content: { kind: "data", type: "uri_file", source: { kind: "uri", uri: "https://example.org/x" } },
      contentKey: "one",
      description: "",
      tags: {},
      properties: {},
      run: null,
      createdBy: "user",
      at: 1000,
      ...changes,
    }),
  );
const key = (name: string, version: string) => ({ kind: "data", name, version }) as const;
const remove = (store: Store, name: string, version: string) =>
  store.write((tx) => deleteAsset(tx, key(name, version)));
const archive = (store: Store, name: string, version: string) =>
  store.write((tx) => describeAsset(tx, key(name, version), { archived: true }));
const latest = async (store: Store, name: string) =>
  (await findLabeled(store.db, "data", name, "latest"))?.version;

test("Versions count up by name and kind, over deleted ones too", async () => {
  const store = await openMemoryStore();
  const versions: string[] = [];

  versions.push((await add(store, "a")).version, (await add(store, "a")).version);
  await remove(store, "a", "2");
  versions.push((await add(store, "a")).version);
  versions.push((await add(store, "A")).version, (await add(store, "a", { kind: "model" })).version);

  assert.deepEqual(versions, ["1", "2", "3", "1", "1"]);
  assert.deepEqual(await listAssetNames(store.db, "data"), ["A", "a"]);
});

test("Versions count up from the largest whole number, whatever else there is", async () => {
  const store = await openMemoryStore();
  for (const version of ["9", "10", "nightly", "1.5", "-3", "007x", "9".repeat(40)]) {
    await add(store, "a", { version });
  }

  assert.equal((await add(store, "a")).version, "11");
});

test("Versions asked for at the same time are all different", async () => {
  const store = await openMemoryStore();

  const made = await Promise.all(Array.from({ length: 300 }, () => add(store, "busy")));

  assert.equal(new Set(made.map(({ version }) => version)).size, 300);
});

test("A version means one content for good: the same is found, another is refused, deleted or not", async () => {
  const store = await openMemoryStore();
  const outcome = async (contentKey: string) =>
    (await add(store, "a", { version: "v1", contentKey })).outcome;

  assert.deepEqual(
    [await outcome("one"), await outcome("one"), await outcome("two")],
    ["made", "same", "taken"],
  );
  await remove(store, "a", "v1");
  assert.equal(await findAsset(store.db, key("a", "v1")), undefined);
  assert.deepEqual([await outcome("two"), await outcome("one")], ["deleted", "made"]);
});

test("The latest is the newest made that is not archived, whatever its version is called", async () => {
  const store = await openMemoryStore();
  for (const version of ["10", "2", "beta"]) await add(store, "a", { version, contentKey: version });

  assert.equal(await latest(store, "a"), "beta");
  await archive(store, "a", "beta");
  assert.equal(await latest(store, "a"), "2");
  await remove(store, "a", "2");
  assert.equal(await latest(store, "a"), "10");
  await archive(store, "a", "10");
  assert.equal(await latest(store, "a"), undefined);
});

test("A label points at one version and moves; it goes with its version", async () => {
  const store = await openMemoryStore();
  for (const version of ["1", "2"]) await add(store, "a", { version });
  const labeled = async () => (await findLabeled(store.db, "data", "a", "prod"))?.version;

  await store.write((tx) => addAssetLabel(tx, key("a", "1"), "prod"));
  assert.equal(await labeled(), "1");
  await store.write((tx) => addAssetLabel(tx, key("a", "2"), "prod"));
  assert.equal(await labeled(), "2");
  await store.write((tx) => removeAssetLabel(tx, key("a", "1"), "prod"));
  assert.equal(await labeled(), "2", "it is not the first's any more");
  assert.deepEqual((await findAsset(store.db, key("a", "2")))?.labels, ["latest", "prod"]);
  assert.deepEqual((await findAsset(store.db, key("a", "1")))?.labels, []);

  await remove(store, "a", "2");
  await add(store, "a", { version: "2" });
  assert.equal(await labeled(), undefined);
});

test("Lists hold the newest version of each name, or all of one name, by page, newest first", async () => {
  const store = await openMemoryStore();
  for (const name of ["a", "b", "a", "c", "a"]) await add(store, name);
  await archive(store, "a", "3");
  await archive(store, "c", "1");
  const list = async (query: object) =>
    (await queryAssets(store.db, { kind: "data", archived: "exclude", limit: 10, ...query })).assets.map(
      ({ name, version }) => `${name}:${version}`,
    );

  assert.deepEqual(await list({}), ["a:2", "b:1"]);
  assert.deepEqual(await list({ archived: "include" }), ["a:3", "c:1", "b:1"]);
  assert.deepEqual(await list({ archived: "only" }), ["a:3", "c:1"]);
  assert.deepEqual(await list({ name: "a" }), ["a:2", "a:1"]);
  assert.deepEqual(await list({ name: "a", archived: "include" }), ["a:3", "a:2", "a:1"]);
  const first = await queryAssets(store.db, { kind: "data", name: "a", archived: "include", limit: 2 });
  assert.deepEqual(await list({ name: "a", archived: "include", beforeSeq: first.lastSeq }), ["a:1"]);
  assert.deepEqual(await list({ kind: "model" }), []);
});
