import assert from "node:assert/strict";
import { test } from "node:test";
import { openMemoryStore } from "../../test/support/memory-store.ts";
import {
  deleteDatastore,
  findDatastore,
  hasDefaultDatastore,
  listDatastores,
  makeDefaultDatastore,
  readSealedSecrets,
  saveDatastore,
  saveSealedSecrets,
} from "./datastores.ts";
import type { Store } from "./store.ts";

const add = (store: Store, name: string, settings: Record<string, string> = {}) =>
  store.write((tx) =>
    saveDatastore(tx, { name, type: "s3", settings, description: "d", tags: { a: "b" }, createdAt: 5 }),
  );

test("A datastore comes back whole with the names of its secrets, and they stay when it is changed", async () => {
  const store = await openMemoryStore();
  await add(store, "lake", { bucket: "one" });
  await store.write((tx) => saveSealedSecrets(tx, "lake", { token: "x", access_key: "y" }));

  await add(store, "lake", { bucket: "two" });
  await store.write((tx) => saveSealedSecrets(tx, "lake", { token: "z" }));

  const lake = {
    name: "lake",
    type: "s3",
    settings: { bucket: "two" },
    credentialNames: ["access_key", "token"],
    isDefault: false,
    description: "d",
    tags: { a: "b" },
    createdAt: 5,
  } as const;
  assert.deepEqual(await findDatastore(store.db, "lake"), lake);
  assert.deepEqual(await listDatastores(store.db), [lake]);
  assert.deepEqual(await readSealedSecrets(store.db, "lake"), { access_key: "y", token: "z" });
});

test("There is one default at most, and it moves", async () => {
  const store = await openMemoryStore();
  for (const name of ["one", "two"]) await add(store, name);
  assert.equal(await hasDefaultDatastore(store.db), false);

  for (const name of ["one", "two"]) await store.write((tx) => makeDefaultDatastore(tx, name));

  assert.deepEqual(
    (await listDatastores(store.db)).map(({ name, isDefault }) => [name, isDefault]),
    [
      ["one", false],
      ["two", true],
    ],
  );
});

test("A deleted datastore takes its secrets with it", async () => {
  const store = await openMemoryStore();
  await add(store, "lake");
  await store.write((tx) => saveSealedSecrets(tx, "lake", { token: "x" }));

  assert.equal(await store.write((tx) => deleteDatastore(tx, "lake")), true);
  assert.equal(await store.write((tx) => deleteDatastore(tx, "lake")), false);

  await add(store, "lake");
  assert.deepEqual(await readSealedSecrets(store.db, "lake"), {});
});
