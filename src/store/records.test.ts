import assert from "node:assert/strict";
import { test } from "node:test";
import { addJob, openMemoryStore } from "../../test/support/memory-store.ts";
import type { RunRecord } from "../core/metric.ts";
import { Refused } from "../core/refused.ts";
import { readEvents } from "./events.ts";
import { findJob } from "./jobs.ts";
import { readLabels } from "./labels.ts";
import { readSeries, summarizeMetrics } from "./metrics.ts";
import { advanceStream, readOffsets, storeRecords } from "./records.ts";
import { findRun } from "./runs.ts";
import type { Store } from "./store.ts";

async function openWithRun() {
  const store = await openMemoryStore();
  await addJob(store, "a");
  const run = (await findRun(store.db, "a"))!;
  return { store, run };
}

const take = (store: Store, run: { id: string; seq: number }, offset: number, records: RunRecord[]) =>
  store.write(async (tx) => {
    await advanceStream(tx, run.id, "rank-0", { offset, sizeBytes: records.length * 10 });
    return storeRecords(tx, run, records, 9000);
  });

const point = (v: number): RunRecord => ({ t: "m", n: "loss", v, at: 1 });

test("Lines that are sent twice count once: the second time is refused with where to go on", async () => {
  const { store, run } = await openWithRun();
  await take(store, run, 0, [point(1), point(2)]);

  for (const offset of [0, 10, 21, 1000]) {
    await assert.rejects(take(store, run, offset, [point(3)]), (error) => {
      assert.ok(error instanceof Refused);
      assert.equal(error.code, "conflict");
      assert.deepEqual(error.details, { expected: 20 });
      return true;
    });
  }
  await take(store, run, 20, [point(3)]);

  const page = await readSeries(store.db, run.seq, "loss", { after: -1, limit: 10 });
  assert.deepEqual(page?.values, [1, 2, 3]);
  assert.deepEqual(await readOffsets(store.db, "a"), { "rank-0": 30 });
  await store.close();
});

test("The same lines sent by many at once are taken from one of them", async () => {
  const { store, run } = await openWithRun();

  const outcomes = await Promise.allSettled(
    Array.from({ length: 20 }, () => take(store, run, 0, [point(1)])),
  );

  assert.equal(outcomes.filter((outcome) => outcome.status === "fulfilled").length, 1);
  const [summary] = await summarizeMetrics(store.db, run.seq);
  assert.equal(summary?.count, 1);
  await store.close();
});

test("When storing fails the offset stays, so that the lines can come again", async () => {
  const { store, run } = await openWithRun();

  await assert.rejects(
    store.write(async (tx) => {
      await advanceStream(tx, "a", "rank-0", { offset: 0, sizeBytes: 10 });
      await storeRecords(tx, run, [point(1)], 1);
      throw new Error("the disk is full");
    }),
  );

  assert.deepEqual(await readOffsets(store.db, "a"), {});
  assert.deepEqual(await summarizeMetrics(store.db, run.seq), []);
  await store.close();
});

test("Streams of one run stand each for themselves", async () => {
  const { store } = await openWithRun();
  const advance = (stream: string, offset: number) =>
    store.write((tx) => advanceStream(tx, "a", stream, { offset, sizeBytes: 5 }));

  await advance("rank-0", 0);
  await advance("rank-1", 0);
  await advance("__proto__", 0);
  await advance("rank-1", 5);

  const offsets = await readOffsets(store.db, "a");
  assert.deepEqual(
    new Map(Object.entries(offsets)),
    new Map([
      ["__proto__", 5],
      ["rank-0", 5],
      ["rank-1", 10],
    ]),
  );
  await store.close();
});

test("A property stays as it was first said, and what would change it is counted", async () => {
  const { store, run } = await openWithRun();

  const lost = [
    await take(store, run, 0, [
      { t: "r", n: "origin", v: "first" },
      { t: "r", n: "origin", v: "second" },
    ]),
    await take(store, run, 20, [
      { t: "r", n: "origin", v: "third" },
      { t: "r", n: "other", v: "new" },
    ]),
    await take(store, run, 40, [{ t: "r", n: "origin", v: "first" }]),
  ];

  const { property } = (await readLabels(store.db, ["a"])).get("a")!;
  assert.deepEqual([property["origin"], property["other"]], ["first", "new"]);
  assert.deepEqual(lost, [0, 1, 0]);
  await store.close();
});

test("Every kind of record is stored where it belongs", async () => {
  const { store, run } = await openWithRun();

  const lost = await take(store, run, 0, [
    { t: "m", n: "acc", v: "NaN", at: 5 },
    { t: "m", n: "acc", v: "-Infinity", s: 2, at: 6 },
    { t: "x", n: "table", k: "table", v: { rows: [1] }, at: 5 },
    { t: "p", n: "lr", v: "0.1" },
    { t: "g", n: "gone", v: "x" },
    { t: "g", n: "gone", v: null },
    { t: "g", n: "__proto__", v: "odd" },
    { t: "r", n: "origin", v: "test" },
    { t: "d", v: "what it is" },
    { t: "e", v: "it broke" },
  ]);

  assert.equal(lost, 0);
  const acc = await readSeries(store.db, run.seq, "acc", { after: -1, limit: 10 });
  assert.deepEqual(
    [acc?.values, acc?.steps],
    [
      [Number.NaN, -Infinity],
      [null, 2],
    ],
  );
  const labels = (await readLabels(store.db, ["a"])).get("a")!;
  assert.deepEqual(Object.entries(labels.param), [["lr", "0.1"]]);
  assert.deepEqual(Object.entries(labels.tag), [["__proto__", "odd"]]);
  assert.deepEqual(
    new Map(Object.entries(labels.property)),
    new Map([
      ["origin", "test"],
      ["trainyard.reported_error", "it broke"],
    ]),
  );
  assert.equal((await findJob(store.db, "a"))?.description, "what it is");
  await store.close();
});

test("A record under a name of another kind is counted as lost, and the others are kept", async () => {
  const { store, run } = await openWithRun();
  await take(store, run, 0, [point(1)]);

  const lost = await take(store, run, 10, [
    { t: "x", n: "loss", k: "text", v: "no", at: 1 },
    { t: "x", n: "other", k: "text", v: "yes", at: 1 },
    point(2),
  ]);

  assert.equal(lost, 1);
  const summaries = await summarizeMetrics(store.db, run.seq);
  assert.deepEqual(
    summaries.map(({ name, kind, count }) => [name, kind, count]),
    [
      ["loss", "scalar", 2],
      ["other", "text", 1],
    ],
  );
  await store.close();
});

test("What was logged is announced: names and points, keys of params, kinds of labels", async () => {
  const { store, run } = await openWithRun();
  const before = (await readEvents(store.db, { after: 0, limit: 100 })).at(-1)!.seq;

  await take(store, run, 0, [point(1), point(2), { t: "p", n: "lr", v: "1" }, { t: "g", n: "x", v: "1" }]);

  const events = await readEvents(store.db, { after: before, limit: 100 });
  assert.deepEqual(
    events.map((event) => event.body),
    [
      { kind: "run.metrics", names: ["loss"], points: 2 },
      { kind: "run.params", keys: ["lr"] },
      { kind: "run.changed", fields: ["tag"] },
    ],
  );
  await store.close();
});
