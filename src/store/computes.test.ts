import assert from "node:assert/strict";
import { test } from "node:test";
import { aCompute, addCompute, openMemoryStore } from "../../test/support/memory-store.ts";
import {
  addNode,
  deleteCompute,
  findCompute,
  freeNodes,
  listComputes,
  listNodes,
  occupyNode,
  removeNode,
  saveCompute,
} from "./computes.ts";
import type { Store } from "./store.ts";

const node = (store: Store, name: string, run: string | null = null) =>
  store.write((tx) => addNode(tx, { name, compute: "gpu", run, since: 1, gpus: null }));
const nodes = async (store: Store) =>
  (await listNodes(store.db, "gpu")).map((one) => [one.name, one.run, one.since]);

test("A compute is stored with all its settings and changed by storing it again, its birth excepted", async () => {
  const store = await openMemoryStore();
  const compute = aCompute("gpu", { tags: { team: "x" }, description: "fast", maxInstances: 4 });
  await store.write((tx) => saveCompute(tx, compute));

  assert.deepEqual(await findCompute(store.db, "gpu"), compute);
  await store.write((tx) => saveCompute(tx, { ...compute, maxInstances: 8, createdAt: 9 }));

  assert.deepEqual(await findCompute(store.db, "gpu"), { ...compute, maxInstances: 8 });
  assert.equal((await listComputes(store.db)).length, 1);
  await store.close();
});

test("A node is taken by one run, however many ask, and a removed node by none", async () => {
  const store = await openMemoryStore();
  await addCompute(store, "gpu");
  await node(store, "gpu-0");

  const taken = await Promise.all(
    ["a", "b", "c"].map((run) => store.write((tx) => occupyNode(tx, { name: "gpu-0", gpus: [1] }, run, 5))),
  );

  assert.deepEqual(taken, [true, false, false]);
  assert.equal(await store.write((tx) => occupyNode(tx, { name: "gpu-9", gpus: null }, "a", 5)), false);
  assert.deepEqual(await nodes(store), [["gpu-0", "a", 5]]);
  await store.close();
});

test("Freeing gives back the run's own nodes; only free nodes can be removed", async () => {
  const store = await openMemoryStore();
  await addCompute(store, "gpu");
  for (const [name, run] of [
    ["gpu-0", "a"],
    ["gpu-1", "b"],
  ] as const) {
    await node(store, name, run);
  }

  await store.write((tx) => freeNodes(tx, "a", 7));
  await store.write((tx) => removeNode(tx, "gpu-1"));

  assert.deepEqual(await nodes(store), [
    ["gpu-0", null, 7],
    ["gpu-1", "b", 1],
  ]);
  await store.write((tx) => removeNode(tx, "gpu-0"));
  assert.deepEqual(await nodes(store), [["gpu-1", "b", 1]]);
  await store.close();
});

test("A compute goes with its nodes, and adding a node twice changes nothing", async () => {
  const store = await openMemoryStore();
  await addCompute(store, "gpu");
  await addCompute(store, "other");
  await node(store, "gpu-0", "a");
  await node(store, "gpu-0", null);
  assert.deepEqual(await nodes(store), [["gpu-0", "a", 1]]);

  await store.write((tx) => deleteCompute(tx, "gpu"));

  assert.deepEqual(await nodes(store), []);
  assert.deepEqual(
    (await listComputes(store.db)).map((compute) => compute.name),
    ["other"],
  );
  await store.close();
});
