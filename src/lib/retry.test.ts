import assert from "node:assert/strict";
import { test } from "node:test";
import { createFakeClock } from "../../test/support/fake-clock.ts";
import { retry } from "./retry.ts";

function failing(times: number) {
  let calls = 0;
  return {
    calls: () => calls,
    act: async () => {
      if (++calls <= times) throw new Error(`failure ${calls}`);
      return calls;
    },
  };
}

test("What works at once is done once, without a pause", async () => {
  const clock = createFakeClock();
  const { act, calls } = failing(0);

  assert.equal(await retry(act, { clock }), 1);

  assert.equal(calls(), 1);
  assert.deepEqual(clock.sleeps, []);
});

test("Pauses double up to the longest, each a quarter longer or shorter at most", async () => {
  const clock = createFakeClock();
  const { act } = failing(7);

  await retry(act, { clock, firstMs: 100, maxMs: 1000, tries: 8 });

  const planned = [100, 200, 400, 800, 1000, 1000, 1000];
  assert.equal(clock.sleeps.length, planned.length);
  for (const [index, wanted] of planned.entries()) {
    const pause = clock.sleeps[index]!;
    assert.ok(pause >= wanted * 0.75 && pause <= wanted * 1.25, `pause ${index} is ${pause}`);
  }
});

test("After the last try the last error comes out", async () => {
  const clock = createFakeClock();
  const { act, calls } = failing(100);

  await assert.rejects(retry(act, { clock, tries: 3 }), { message: "failure 3" });

  assert.equal(calls(), 3);
});

test("An error that is not worth another try comes out at once", async () => {
  const clock = createFakeClock();
  const { act, calls } = failing(100);

  await assert.rejects(retry(act, { clock, worthRetrying: () => false }), { message: "failure 1" });

  assert.equal(calls(), 1);
  assert.deepEqual(clock.sleeps, []);
});

test("A signal that comes during a pause ends the tries: nothing is done after it", async () => {
  const ending = new AbortController();
  const clock = createFakeClock();
  const { act, calls } = failing(100);
  const sleep = async () => ending.abort();

  await assert.rejects(retry(act, { clock: { ...clock, sleep }, signal: ending.signal, tries: Infinity }), {
    message: "failure 1",
  });

  assert.equal(calls(), 1);
});

test("Each retry is told with its error, its number and its pause", async () => {
  const clock = createFakeClock();
  const told: unknown[] = [];
  const { act } = failing(2);

  await retry(act, {
    clock,
    onRetry: (error, attempt, pauseMs) => told.push([(error as Error).message, attempt, pauseMs]),
  });

  assert.deepEqual(told, [
    ["failure 1", 1, clock.sleeps[0]],
    ["failure 2", 2, clock.sleeps[1]],
  ]);
});
