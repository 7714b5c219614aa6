import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { openMemoryStore } from "../../test/support/memory-store.ts";
import { insertExperiment } from "./experiments.ts";
import { appendNewPoints, appendPoints } from "./metrics.ts";
import type { Point } from "./append-points.ts";
import { readHistory, sampleHistory } from "./metric-history.ts";
import type { HistoryKey } from "./metric-history.ts";
import type { Store } from "./store.ts";
import { findTrackedRun, insertTrackedRun } from "./tracked-runs.ts";

let store: Store;
let number = 0;

before(async () => (store = await openMemoryStore()));
after(() => store.close());

/** A new run with these points under the name `m`. */
async function runWith(points: readonly Point[]): Promise<string> {
  const id = `run-${number++}`;
  await store.write(async (tx) => {
    const experimentId = await insertExperiment(tx, { name: id, at: 1 });
    const run = { id, experimentId, name: id, user: "", startedAt: 1, parent: null, ofJob: null, at: 1 };
    await insertTrackedRun(tx, run);
    await appendPoints(tx, (await findTrackedRun(tx, id))!.seq, "m", points);
  });
  return id;
}

async function readAll(run: string, limit: number): Promise<string> {
  const shown: string[] = [];
  let key: HistoryKey | undefined;
  do {
    const { points, next } = await readHistory(store.db, run, "m", { limit, after: key });
    assert.ok(points.length > 0, "no page is empty");
    shown.push(...points.map(({ at, step, value }) => `${at}/${step}/${value}`));
    key = next;
  } while (key !== undefined);
  return shown.join(" ");
}

const point = (at: number, step: number | null, value: number): Point => ({ at, step, value });

it("A history is in the order of time, step and value, whatever came first, in pages of any size", async () => {
  const run = await runWith([
    point(2, 0, 1),
    point(1, 5, 3),
    point(1, -3, 2),
    point(1, 5, Number.NEGATIVE_INFINITY),
    point(1, 5, Number.NaN),
    point(1, 5, 3),
    point(1, 5, Number.POSITIVE_INFINITY),
  ]);
  const expected = "1/-3/2 1/5/NaN 1/5/-Infinity 1/5/3 1/5/3 1/5/Infinity 2/0/1";

  for (const limit of [1, 2, 3, 7, 100])
    assert.equal(await readAll(run, limit), expected, `pages of ${limit}`);
});

it("A point without a step has the place of its index, also among points with one", async () => {
  const run = await runWith([point(1, null, 7), point(1, 5, 8), point(1, null, 9), point(1, 1, 6)]);

  for (const limit of [1, 2, 4]) assert.equal(await readAll(run, limit), "1/0/7 1/1/6 1/2/9 1/5/8");
});

it("The same point again is no other; another value at its place is", async () => {
  const run = await runWith([point(1, 1, 1), point(1, 2, Number.NaN), point(1, 3, 3)]);
  await store.write(async (tx) => {
    const { seq } = (await findTrackedRun(tx, run))!;
    await appendNewPoints(tx, seq, "m", [
      point(1, 1, 1),
      point(1, 2, Number.NaN),
      point(1, 2, 2),
      point(1, 2, 2),
      point(1, 4, 4),
    ]);
  });

  assert.equal(await readAll(run, 100), "1/1/1 1/2/NaN 1/2/2 1/3/3 1/4/4");
});

it("A sample takes even places among each run's own points by step, its first and its last, and no more than asked for", async () => {
  const long = await runWith(Array.from({ length: 100 }, (_, step) => point(step, step, step)));
  const short = await runWith([point(1, 33, 1), point(2, -7, 2), point(3, 33, 3)]);
  const twice = await runWith(
    [1, 2].flatMap((at) => Array.from({ length: 10 }, (_, step) => point(at, step, 1))),
  );
  const stepless = await runWith(Array.from({ length: 50 }, (_, at) => point(at, 0, at)));
  const sample = async (runs: string[], window: { start?: number; end?: number }, most: number) => {
    const points = await sampleHistory(store.db, runs, "m", { ...window, most });
    return runs.map((run) =>
      points
        .filter((one) => one.run === run)
        .map(({ step, at }) => `${step}/${at}`)
        .join(" "),
    );
  };

  assert.deepEqual(await sample([long], {}, 4), ["0/0 25/25 50/50 99/99"]);
  assert.deepEqual(await sample([long], {}, 3), ["0/0 34/34 99/99"]);
  assert.deepEqual(await sample([long, short], { start: 10, end: 50 }, 2), ["10/10 50/50", "33/1 33/3"]);
  assert.deepEqual(await sample([long, short], {}, 1), ["99/99", "33/3"]);
  assert.deepEqual(await sample([short, "nobody"], {}, 10), ["-7/2 33/1 33/3", ""]);
  assert.deepEqual(await sample([short], { start: 50, end: 60 }, 10), [""]);
  assert.deepEqual(await sample([twice], {}, 5), ["0/1 2/1 4/1 6/1 9/2"]);
  assert.deepEqual(await sample([stepless], {}, 3), ["0/0 0/17 0/49"]);
});
