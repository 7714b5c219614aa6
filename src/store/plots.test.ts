import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "../../test/support/random.ts";
import { openMemoryStore } from "../../test/support/memory-store.ts";
import { appendPoints } from "./metrics.ts";
import type { Point } from "./append-points.ts";
import { readPlots } from "./plots.ts";
import type { Plot, PlotWanted } from "./plots.ts";
import type { Store } from "./store.ts";

const run = 1;
const pointsOf = (values: readonly number[], first = 0): Point[] =>
  values.map((value, index) => ({ value, step: (first + index) * 2, at: 1000 + (first + index) * 10 }));
const walk = (length: number): number[] => {
  const random = createRandom(length);
  let value = 0;
  return Array.from({ length }, () => (value += random.below(1001) / 1000 - 0.5));
};
const plot = async (store: Store, wanted: Partial<PlotWanted> = {}): Promise<Plot> =>
  (await readPlots(store.db, run, [{ name: "loss", most: 100, ...wanted }]))[0]!;
const store = async (values: readonly number[], batches: readonly number[] = [values.length]) => {
  const made = await openMemoryStore();
  let first = 0;
  for (const size of batches) {
    const part = pointsOf(values.slice(first, first + size), first);
    await made.write((tx) => appendPoints(tx, run, "loss", part));
    first += size;
  }
  return made;
};

/** The same by the plainest way. */
function stretchesOf(values: readonly number[], size: number) {
  const stretches = [];
  for (let index = 0; index < values.length; index += size) {
    const part = values.slice(index, index + size);
    const real = part.filter(Number.isFinite);
    const last = index + part.length - 1;
    stretches.push({
      index,
      step: last * 2,
      at: 1000 + last * 10,
      min: real.length === 0 ? null : Math.min(...real),
      max: real.length === 0 ? null : Math.max(...real),
      mean: real.length === 0 ? null : real.reduce((sum, value) => sum + value, 0) / real.length,
    });
  }
  return stretches;
}

function assertSame(found: Plot, values: readonly number[]): void {
  const expected = stretchesOf(values, found.pointsPerStretch);
  assert.equal(found.stretches.length, expected.length);
  for (const [at, stretch] of found.stretches.entries()) {
    const { mean, ...rest } = expected[at]!;
    const { mean: foundMean, ...foundRest } = { ...stretch };
    assert.deepEqual(foundRest, rest);
    assert.ok(
      mean === null ? foundMean === null : Math.abs(foundMean! - mean) < 1e-9,
      `${foundMean} is not ${mean}`,
    );
  }
}

test("A short series is given point by point", async () => {
  await using made = disposable(await store([3, 1, 2]));

  const found = await plot(made.store);

  assert.deepEqual([found.count, found.pointsPerStretch], [3, 1]);
  assertSame(found, [3, 1, 2]);
});

test("A long series keeps every extreme, whatever the batches in which it came", async () => {
  const values = walk(70_000);
  const batches = [1, 255, 1, 600, 256, 10_000, 3, 40_000, 18_884];
  await using made = disposable(await store(values, batches));

  for (const most of [40, 100, 900, 30_000]) {
    const found = await plot(made.store, { most });
    assert.ok(found.stretches.length <= most, `${found.stretches.length} stretches of at most ${most}`);
    assert.ok(found.stretches.length > most / 2 - 1, `only ${found.stretches.length} of ${most}`);
    assertSame(found, values);
  }
});

test("A gap is where no point is a finite number", async () => {
  const values = walk(2000).map((value, index) =>
    index >= 640 && index < 1280 ? (index % 2 === 0 ? Number.NaN : Number.POSITIVE_INFINITY) : value,
  );
  await using made = disposable(await store(values));

  const found = await plot(made.store, { most: 60 });

  assertSame(found, values);
  assert.ok(found.stretches.some(({ mean }) => mean === null));
});

test("A window is given finer than the whole, down to its points, with a neighbor on either side", async () => {
  const values = walk(50_000);
  await using made = disposable(await store(values));

  const finer = await plot(made.store, { most: 500, window: { axis: "step", from: 20_000, to: 22_001 } });
  const points = await plot(made.store, { most: 2000, window: { axis: "at", from: 91_000, to: 92_000 } });

  assert.ok(finer.pointsPerStretch <= 4, `stretches of ${finer.pointsPerStretch}`);
  assert.ok(finer.stretches[0]!.step < 20_000 && finer.stretches[1]!.step >= 20_000);
  assert.deepEqual(
    points.stretches.map(({ index }) => index),
    Array.from({ length: 103 }, (_, index) => 8999 + index),
  );
  assert.deepEqual(
    points.stretches.map(({ mean }) => mean),
    values.slice(8999, 9102),
  );
});

test("A window past the end is empty", async () => {
  await using made = disposable(await store(walk(1000)));

  assert.deepEqual((await plot(made.store, { window: { axis: "step", from: 1e6, to: 2e6 } })).stretches, []);
});

test("The tail goes on from the last stretch that is known, in stretches of the same length", async () => {
  const values = walk(3000);
  await using made = disposable(await store(values.slice(0, 2500)));
  const before = await plot(made.store);
  const from = before.stretches.at(-1)!.index;

  await made.store.write((tx) => appendPoints(tx, run, "loss", pointsOf(values.slice(2500), 2500)));
  const tail = await plot(made.store, { tail: { pointsPerStretch: before.pointsPerStretch, from } });

  assert.equal(tail.pointsPerStretch, before.pointsPerStretch);
  assertSame({ ...tail, stretches: [...before.stretches.slice(0, -1), ...tail.stretches] }, values);
});

test("Points without a step have their index as one, and names that are no series are left out", async () => {
  await using made = disposable(await openMemoryStore());
  await made.store.write((tx) => appendPoints(tx, run, "loss", [{ value: 5, step: null, at: 7 }]));

  const plots = await readPlots(made.store.db, run, [
    { name: "none", most: 10 },
    { name: "loss", most: 10 },
  ]);

  assert.deepEqual(JSON.parse(JSON.stringify(plots)), [
    {
      name: "loss",
      count: 1,
      last: 5,
      pointsPerStretch: 1,
      stretches: [{ index: 0, step: 0, at: 7, min: 5, max: 5, mean: 5 }],
    },
  ]);
});

const disposable = (made: Store) => ({ store: made, [Symbol.asyncDispose]: () => made.close() });
