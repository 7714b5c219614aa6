import assert from "node:assert/strict";
import { test } from "node:test";
import { openMemoryStore } from "../../test/support/memory-store.ts";
import { appendPoints, appendRows, readSeries, summarizeMetrics } from "./metrics.ts";
import type { Point } from "./append-points.ts";
import type { Store } from "./store.ts";

const run = 1;
const points = (values: readonly number[]): Point[] =>
  values.map((value, index) => ({ value, step: index, at: 1000 + index }));
const append = (store: Store, name: string, values: readonly number[]) =>
  store.write((tx) => appendPoints(tx, run, name, points(values)));
const read = (store: Store, name: string, after = -1, limit = 1_000_000) =>
  readSeries(store.db, run, name, { after, limit });

test("Numbers come back as they were logged, those that JSON does not have too", async () => {
  const store = await openMemoryStore();
  const values = [
    1.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    0,
    -2e-308,
    Number.MAX_VALUE,
    2 ** 60,
  ];

  await append(store, "loss", values);

  const page = await read(store, "loss");
  assert.deepEqual(page?.values, values);
  assert.deepEqual(
    page.index,
    values.map((_, index) => index),
  );
  assert.deepEqual(page.at[0], 1000);
  await store.close();
});

test("A summary has the value of the latest step and the least and greatest number; NaN is neither", async () => {
  const store = await openMemoryStore();
  await append(store, "mixed", [3, Number.NaN, -1, 2]);
  await append(store, "mixed", [Number.NaN]);
  await append(store, "infinite", [1, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
  await append(store, "only-nan", [Number.NaN]);

  const summaries = await summarizeMetrics(store.db, run);

  assert.deepEqual(
    summaries.map(({ name, count, last, min, max }) => [name, count, last, min, max]),
    [
      ["infinite", 3, Infinity, -Infinity, Infinity],
      ["mixed", 5, 2, -1, 3],
      ["only-nan", 1, Number.NaN, null, null],
    ],
  );
  await store.close();
});

for (const count of [1, 199, 200, 201, 400, 100_000]) {
  test(`${count} points in one write are all there, in order`, async () => {
    const store = await openMemoryStore();
    const values = Array.from({ length: count }, (_, index) => index / 7);

    await append(store, "curve", values);
    await append(store, "curve", [42]);

    const page = await read(store, "curve");
    assert.equal(page?.values.length, count + 1);
    assert.deepEqual(page.values, [...values, 42]);
    assert.equal(page.index.at(-1), count);
    await store.close();
  });
}

test("Pages go on after the last index without a gap or a double", async () => {
  const store = await openMemoryStore();
  await append(
    store,
    "curve",
    Array.from({ length: 25 }, (_, index) => index),
  );

  const seen: unknown[] = [];
  for (let after = -1; ;) {
    const page = await read(store, "curve", after, 10);
    if (page!.index.length === 0) break;
    seen.push(...page!.values);
    after = page!.index.at(-1)!;
  }

  assert.deepEqual(
    seen,
    Array.from({ length: 25 }, (_, index) => index),
  );
  await store.close();
});

test("A name keeps the kind it was first used for", async () => {
  const store = await openMemoryStore();
  const table = [{ value: { a: [1, 2] }, step: null, at: 1 }];
  await append(store, "scalar-first", [1]);
  assert.equal(await store.write((tx) => appendRows(tx, run, "table-first", "table", table)), true);

  assert.equal(await store.write((tx) => appendRows(tx, run, "scalar-first", "table", table)), false);
  assert.equal(await append(store, "table-first", [1]), false);
  assert.equal(await store.write((tx) => appendRows(tx, run, "table-first", "text", table)), false);

  assert.equal((await read(store, "scalar-first"))?.values.length, 1);
  assert.deepEqual((await read(store, "table-first"))?.values, [{ a: [1, 2] }]);
  await store.close();
});

test("Rows of other kinds keep any JSON and count on over writes", async () => {
  const store = await openMemoryStore();
  const values = ["text", true, null, { deep: [{ x: "ü" }] }, [1, "2"]];
  for (const value of values) {
    await store.write((tx) => appendRows(tx, run, "rows", "text", [{ value, step: 2, at: 7 }]));
  }

  const page = await read(store, "rows");

  assert.deepEqual(page?.values, values);
  assert.deepEqual(page.index, [0, 1, 2, 3, 4]);
  const [summary] = await summarizeMetrics(store.db, run);
  assert.deepEqual([summary?.count, summary?.last, summary?.lastStep], [5, null, 2]);
  await store.close();
});

test("A series of one run is not that of another, and an unknown name is undefined", async () => {
  const store = await openMemoryStore();
  await append(store, "loss", [1]);

  assert.equal(await readSeries(store.db, 2, "loss", { after: -1, limit: 10 }), undefined);
  assert.equal(await read(store, "Loss"), undefined);
  assert.equal(await read(store, "__proto__"), undefined);
  await store.close();
});
