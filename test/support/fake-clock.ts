// A clock that stands still until a sleep or the test moves it. Nobody waits for real.
import type { Clock } from "../../src/lib/clock.ts";

export interface FakeClock extends Clock {
  /** How long each sleep was to last, in ms. */
  readonly sleeps: number[];
  advance(ms: number): void;
}

export function createFakeClock(start = 1_000_000): FakeClock {
  let now = start;
  const sleeps: number[] = [];
  return {
    sleeps,
    now: () => now,
    elapsed: () => now - start,
    advance: (ms) => void (now += ms),
    async sleep(ms, signal) {
      sleeps.push(ms);
      if (!signal?.aborted) now += ms;
    },
  };
}
