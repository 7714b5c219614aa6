import assert from "node:assert/strict";
import { test } from "node:test";
import { openMemoryStore } from "../../test/support/memory-store.ts";
import { addLabels, readLabels, setLabels } from "./labels.ts";

/** Keys that mean something to JavaScript, and texts that mean something to databases and screens. */
const oddKeys = [
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "a'b\"c;--",
  "%_",
  "line\nbreak",
  "nul\0byte",
  "😀",
  "ａ",
];

const labelled = (keys: readonly string[], value: string) =>
  Object.fromEntries(keys.map((key) => [key, value])) as Record<string, string>;

test("Every key is a key like any other, those that JavaScript knows too", async () => {
  const store = await openMemoryStore();

  await store.write((tx) => setLabels(tx, "a", "tag", labelled(oddKeys, "value")));

  const tags = (await readLabels(store.db, ["a"])).get("a")!.tag;
  assert.deepEqual(Object.keys(tags).toSorted(), oddKeys.toSorted());
  for (const key of oddKeys) assert.equal(tags[key], "value", JSON.stringify(key));
  assert.equal(JSON.parse(JSON.stringify(tags))["constructor"], "value");
  assert.equal(({} as Record<string, unknown>)["value"], undefined, "nothing was put on all objects");
  await store.close();
});

test("A label is changed by setting it again and removed by null, of its own kind and run only", async () => {
  const store = await openMemoryStore();
  await store.write(async (tx) => {
    await setLabels(tx, "a", "tag", { x: "1", y: "1" });
    await setLabels(tx, "a", "param", { x: "1" });
    await setLabels(tx, "b", "tag", { x: "1" });
  });

  await store.write((tx) => setLabels(tx, "a", "tag", { x: null, y: "2", z: null }));

  const labels = await readLabels(store.db, ["a", "b"]);
  assert.deepEqual({ ...labels.get("a")!.tag }, { y: "2" });
  assert.deepEqual({ ...labels.get("a")!.param }, { x: "1" });
  assert.deepEqual({ ...labels.get("b")!.tag }, { x: "1" });
  await store.close();
});

test("Labels that may not change are added together or, when one clashes, not at all", async () => {
  const store = await openMemoryStore();
  const add = (labels: Record<string, string>) => store.write((tx) => addLabels(tx, "a", "property", labels));

  assert.deepEqual(await add({ x: "1", constructor: "1" }), []);
  assert.deepEqual(await add({ x: "1", y: "1" }), [], "the same value again is no change");
  assert.deepEqual(await add({ x: "2", z: "1" }), ["x"]);

  const { property } = (await readLabels(store.db, ["a"])).get("a")!;
  assert.deepEqual({ ...property }, { x: "1", y: "1", constructor: "1" });
  await store.close();
});

test("A key that only JavaScript's objects have is free to be added", async () => {
  const store = await openMemoryStore();

  const clashing = await store.write((tx) =>
    addLabels(tx, "a", "property", labelled(["__proto__", "valueOf"], "new")),
  );

  assert.deepEqual(clashing, []);
  assert.equal((await readLabels(store.db, ["a"])).get("a")!.property["__proto__"], "new");
  await store.close();
});
