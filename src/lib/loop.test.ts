import assert from "node:assert/strict";
import { test } from "node:test";
import type { Clock } from "./clock.ts";
import { startLoop } from "./loop.ts";

/** A clock whose sleeps last until the signal, and that tells when one has begun. */
function sleepyClock() {
  const asleep: (() => void)[] = [];
  let sleeps = 0;
  const clock: Clock = {
    now: () => 0,
    elapsed: () => 0,
    sleep: (_, signal) =>
      new Promise((resolve) => {
        sleeps++;
        if (signal?.aborted) resolve();
        signal?.addEventListener("abort", () => resolve(), { once: true });
        for (const tell of asleep.splice(0)) tell();
      }),
  };
  return {
    clock,
    sleeps: () => sleeps,
    nextSleep: () => new Promise<void>((resolve) => asleep.push(resolve)),
  };
}

const noErrors = (error: unknown) => assert.fail(`unexpected: ${String(error)}`);

test("A loop takes its first turn at once and then sleeps", async () => {
  const ending = new AbortController();
  const { clock, nextSleep } = sleepyClock();
  let turns = 0;
  const asleep = nextSleep();

  const loop = startLoop(async () => void turns++, {
    clock,
    signal: ending.signal,
    everyMs: 1000,
    onError: noErrors,
  });
  await asleep;

  assert.equal(turns, 1);
  ending.abort();
  await loop.ended;
  assert.equal(turns, 1);
});

test("A nudge wakes a sleeping loop for one turn", async () => {
  const ending = new AbortController();
  const { clock, nextSleep, sleeps } = sleepyClock();
  let turns = 0;
  const first = nextSleep();
  const loop = startLoop(async () => void turns++, {
    clock,
    signal: ending.signal,
    everyMs: 1000,
    onError: noErrors,
  });
  await first;

  const second = nextSleep();
  loop.nudge();
  await second;

  assert.equal(turns, 2);
  assert.equal(sleeps(), 2);
  ending.abort();
  await loop.ended;
});

test("Many nudges during a turn lead to exactly one more turn", async () => {
  const ending = new AbortController();
  const { clock, nextSleep, sleeps } = sleepyClock();
  let turns = 0;
  let inTurn = () => {};
  const began = new Promise<void>((resolve) => (inTurn = resolve));
  let goOn = () => {};
  const gate = new Promise<void>((resolve) => (goOn = resolve));
  const asleep = nextSleep();
  const loop = startLoop(
    async () => {
      turns++;
      inTurn();
      if (turns === 1) await gate;
    },
    { clock, signal: ending.signal, everyMs: 1000, onError: noErrors },
  );
  await began;

  for (let count = 0; count < 5; count++) loop.nudge();
  goOn();
  await asleep;

  assert.equal(turns, 2);
  assert.equal(sleeps(), 1);
  ending.abort();
  await loop.ended;
});

test("An error is told and does not end the loop", async () => {
  const ending = new AbortController();
  const { clock, nextSleep } = sleepyClock();
  const errors: unknown[] = [];
  let turns = 0;
  const first = nextSleep();
  const loop = startLoop(
    async () => {
      turns++;
      if (turns === 1) throw new Error("once");
    },
    { clock, signal: ending.signal, everyMs: 1000, onError: (error) => errors.push(error) },
  );
  await first;

  const second = nextSleep();
  loop.nudge();
  await second;

  assert.equal(turns, 2);
  assert.deepEqual(
    errors.map((error) => (error as Error).message),
    ["once"],
  );
  ending.abort();
  await loop.ended;
});

test("A signal during a turn lets the turn end and takes no other, nudged or not", async () => {
  const ending = new AbortController();
  const { clock, sleeps } = sleepyClock();
  let turns = 0;
  let inTurn = () => {};
  const began = new Promise<void>((resolve) => (inTurn = resolve));
  let goOn = () => {};
  const gate = new Promise<void>((resolve) => (goOn = resolve));
  const loop = startLoop(
    async () => {
      turns++;
      inTurn();
      await gate;
    },
    { clock, signal: ending.signal, everyMs: 1000, onError: noErrors },
  );
  await began;

  loop.nudge();
  ending.abort();
  goOn();
  await loop.ended;

  assert.equal(turns, 1);
  assert.equal(sleeps(), 0);
});

test("A loop whose signal has aborted already takes no turn", async () => {
  const { clock } = sleepyClock();
  const turn = () => Promise.reject(new Error("a turn was taken"));

  const loop = startLoop(turn, { clock, signal: AbortSignal.abort(), everyMs: 1, onError: noErrors });

  await loop.ended;
});

test("Turns that are nudged for while the last one rests are one turn", async () => {
  const ending = new AbortController();
  let now = 0;
  const sleeps: number[] = [];
  const clock: Clock = {
    now: () => now,
    elapsed: () => now,
    async sleep(ms) {
      sleeps.push(ms);
      if (ms !== 20) ending.abort();
      now += ms;
      loop?.nudge();
      loop?.nudge();
      if (turns === 3) ending.abort();
    },
  };
  let turns = 0;
  let loop: ReturnType<typeof startLoop> | undefined;

  loop = startLoop(
    async () => {
      turns++;
      loop?.nudge();
      await Promise.resolve();
      loop?.nudge();
    },
    { clock, signal: ending.signal, everyMs: 1000, restMs: 20, onError: noErrors },
  );
  await loop.ended;

  assert.deepEqual([turns, sleeps], [3, [20, 20, 20]]);
});
