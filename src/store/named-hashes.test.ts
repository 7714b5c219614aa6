import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { sql } from "kysely";
import { openMemoryStore } from "../../test/support/memory-store.ts";
import { setLabels } from "./labels.ts";
import { namedHashes } from "./named-hashes.ts";

const hashOf = (number: number) => createHash("sha256").update(String(number)).digest("hex");

test("Every hash is found, over many pages, alone or amid other text, and nothing else", async () => {
  const store = await openMemoryStore();
  const wanted = Array.from({ length: 4500 }, (_, number) => hashOf(number));
  await store.write((tx) =>
    setLabels(
      tx,
      "a",
      "property",
      Object.fromEntries(wanted.map((hash, n) => [`key ${n}`, `{"id":"${hash}"}`])),
    ),
  );
  await store.write((tx) =>
    setLabels(tx, "b", "tag", {
      longer: `${hashOf(1)}0`,
      upper: "A".repeat(64),
      two: `${hashOf(-1)},${hashOf(-2)}`,
    }),
  );

  const found = new Set(await Array.fromAsync(namedHashes(store.db)));

  assert.deepEqual(found, new Set([...wanted, hashOf(-1), hashOf(-2)]));
  await store.close();
});

test("A table that somebody adds later is read without anybody thinking of it", async () => {
  const store = await openMemoryStore();
  await sql`create table later (a text, b integer, c text, primary key (b, a)) strict, without rowid`.execute(
    store.db,
  );
  await sql`insert into later values ('x', 1, ${hashOf(1)}), (${hashOf(2)}, 1, null)`.execute(store.db);

  const found = await Array.fromAsync(namedHashes(store.db));

  assert.deepEqual(found.toSorted(), [hashOf(1), hashOf(2)].toSorted());
  await store.close();
});
