import assert from "node:assert/strict";
import { it } from "node:test";
import { openMemoryStore } from "../../test/support/memory-store.ts";
import { readEvents } from "./events.ts";
import { ensureDefaultExperiment } from "./experiments.ts";
import { appendRows, readSeries } from "./metrics.ts";
import type { Store } from "./store.ts";
import { findTrackedRun, insertTrackedRun } from "./tracked-runs.ts";

async function storeWithRun(): Promise<{ store: Store; seq: number }> {
  const store = await openMemoryStore();
  const run = { id: "r", experimentId: "0", name: "r", user: "", startedAt: 1 };
  const seq = await store.write(async (tx) => {
    await ensureDefaultExperiment(tx, 1);
    await insertTrackedRun(tx, { ...run, parent: null, ofJob: null, at: 1 });
    return (await findTrackedRun(tx, "r"))!.seq;
  });
  return { store, seq };
}

const point = (key: string, step: number) => ({ key, value: step / 2, step, at: 10 + step });

it("Points that wait for one commit are announced by one event for each run, which names them", async () => {
  const { store } = await storeWithRun();

  await Promise.all([
    store.logPoints("r", [point("a", 0)], 5),
    store.logPoints("r", [point("a", 1), point("b", 0)], 6),
    store.logPoints("nobody", [point("a", 0)], 7),
  ]);

  const bodies = (await readEvents(store.db, { after: 0, limit: 10 })).map(({ body }) => body);
  assert.deepEqual(
    bodies.filter(({ kind }) => kind === "run.metrics"),
    [{ kind: "run.metrics", names: ["a", "b"], points: 3 }],
  );
  await store.close();
});

it("A call that names a series of another kind is refused whole, and no other with it", async () => {
  const { store, seq } = await storeWithRun();
  await store.write((tx) => appendRows(tx, seq, "words", "text", [{ value: "x", step: null, at: 1 }]));

  const outcomes = await Promise.all([
    store.logPoints("r", [point("a", 0)], 5),
    store.logPoints("r", [point("lost", 0), point("words", 0)], 5),
    store.logPoints("r", [point("a", 1)], 5),
  ]);

  assert.deepEqual(outcomes, [
    { kind: "stored" },
    { kind: "no-series-of-numbers", name: "words" },
    { kind: "stored" },
  ]);
  assert.deepEqual((await readSeries(store.db, seq, "a", { after: -1, limit: 9 }))!.steps, [0, 1]);
  assert.equal(await readSeries(store.db, seq, "lost", { after: -1, limit: 9 }), undefined);
  await store.close();
});

it("More points than are stored in one go are all stored, in their order", async () => {
  const { store, seq } = await storeWithRun();
  const batches = Array.from({ length: 30 }, (_, batch) =>
    Array.from({ length: 1000 }, (_, index) => point("a", batch * 1000 + index)),
  );

  await Promise.all(batches.map((points) => store.logPoints("r", points, 5)));

  const { steps } = (await readSeries(store.db, seq, "a", { after: -1, limit: 40_000 }))!;
  assert.deepEqual(steps, [...Array(30_000).keys()]);
  await store.close();
});

it("When the commit fails, every call that waited for it hears so", async () => {
  const { store } = await storeWithRun();
  await store.write((tx) => tx.schema.dropTable("metric_series").execute());

  const outcomes = await Promise.allSettled([
    store.logPoints("r", [point("a", 0)], 5),
    store.logPoints("r", [point("b", 0)], 5),
  ]);

  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ["rejected", "rejected"],
  );
  await store.close();
});
