import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import type { Clock } from "../../lib/clock.ts";
import { identify, isAlive, lockBuild } from "./build-lock.ts";

/** A clock in which sleeping is what makes time pass. */
function sleepingClock(): Clock {
  let at = 0;
  return {
    now: () => at,
    elapsed: () => at,
    sleep: (ms, signal) =>
      // The holder's heartbeat sleeps until it is released; time is the waiter's alone.
      ms >= 10_000
        ? new Promise((resolve) => signal?.addEventListener("abort", () => resolve(), { once: true }))
        : new Promise((resolve) => {
            at += ms;
            setImmediate(resolve);
          }),
  };
}

function lockPath(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "trainyard-lock-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "x.lock");
}

const signal = new AbortController().signal;
const context = (onWait = async (_token: string) => {}) => ({ clock: sleepingClock(), onWait, signal });

function leaveLock(path: string, holder: object): void {
  mkdirSync(path);
  writeFileSync(join(path, "holder.json"), JSON.stringify(holder));
}

test("many that want the lock hold it one after the other", async (t) => {
  const path = lockPath(t);
  let holders = 0;
  let most = 0;

  await Promise.all(
    Array.from({ length: 12 }, async () => {
      const lock = await lockBuild(path, context());
      most = Math.max(most, ++holders);
      await new Promise((resolve) => setImmediate(resolve));
      holders--;
      await lock.release();
    }),
  );

  assert.equal(most, 1);
  assert.equal(existsSync(path), false);
});

test("the lock of a process that is gone is taken over at once, by exactly one", async (t) => {
  const path = lockPath(t);
  leaveLock(path, { token: "dead", host: hostname(), pid: process.pid, started: "another life" });

  let waits = 0;
  const first = await lockBuild(
    path,
    context(async () => void waits++),
  );

  assert.equal(waits, 0);
  await first.release();
  assert.deepEqual(
    readdirSync(join(path, "..")).filter((name) => name === "x.lock"),
    [],
  );
});

test("the lock of another machine is taken over only after a long silence", async (t) => {
  const path = lockPath(t);
  leaveLock(path, { token: "far", host: "another-machine", pid: 1, started: "1" });

  const clock = sleepingClock();
  const lock = await lockBuild(path, { clock, onWait: async () => {}, signal });

  assert.ok(clock.elapsed() > 90_000, String(clock.elapsed()));
  await lock.release();
});

test("a canceled wait ends with the signal's reason and leaves the lock alone", async (t) => {
  const path = lockPath(t);
  const held = await lockBuild(path, context());
  const canceled = new AbortController();

  const waiting = lockBuild(path, {
    clock: sleepingClock(),
    onWait: async () => canceled.abort(new Error("canceled by the user")),
    signal: canceled.signal,
  });

  await assert.rejects(waiting, /canceled by the user/);
  assert.ok(existsSync(path));
  await held.release();
});

test("a process is told from a later one with the same number", () => {
  const self = identify(process.pid);
  assert.equal(isAlive(self), true);
  assert.equal(isAlive({ ...self, started: "another life" }), false);
  assert.equal(isAlive({ ...self, pid: 2 ** 22 + 1 }), false);
});
