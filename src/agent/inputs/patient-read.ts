// Reads a stream that may stall or break off: it waits so long and no longer, and goes on from where it stopped.
import type { Clock } from "../../lib/clock.ts";
import { orAborted } from "../cache/shared-work.ts";

export interface Patience {
  /** Nothing for this long is a stall. */
  stallMs: number;
  clock: Clock;
}

export interface PatientReadOptions extends Patience {
  /** Begins at this byte. Whatever it opens ends when its signal is aborted. */
  open: (start: number, signal: AbortSignal) => Promise<AsyncIterable<Uint8Array>>;
  /** Whether it may go better when it is opened anew. A stall always may. */
  mayPass(error: unknown): boolean;
  signal: AbortSignal;
}

export class Stalled extends Error {
  constructor(stallMs: number) {
    super(`nothing arrived for ${stallMs / 1000} seconds`);
    this.name = "Stalled";
  }
}

/** In a row without a byte, and in all. */
const triesInVain = 4;
const mostTries = 20;
const firstPauseMs = 200;

export async function* readPatiently(options: PatientReadOptions): AsyncGenerator<Uint8Array> {
  const { clock, signal } = options;
  let received = 0;
  let inVain = 0;
  for (let tries = 1; ; tries++) {
    const before = received;
    try {
      for await (const chunk of readOnce(received, options)) {
        received += chunk.length;
        yield chunk;
      }
      return;
    } catch (error) {
      signal.throwIfAborted();
      inVain = received > before ? 0 : inVain + 1;
      const mayPass = error instanceof Stalled || options.mayPass(error);
      if (!mayPass || inVain >= triesInVain || tries >= mostTries) throw error;
      await clock.sleep(firstPauseMs * 2 ** inVain, signal);
      signal.throwIfAborted();
    }
  }
}

async function* readOnce(
  start: number,
  { open, signal, stallMs, clock }: PatientReadOptions,
): AsyncGenerator<Uint8Array> {
  const over = new AbortController();
  const both = AbortSignal.any([signal, over.signal]);
  const patient = <T>(wait: Promise<T>) => orStalled(wait, { stallMs, clock }, both);
  try {
    const chunks = (await patient(open(start, both)))[Symbol.asyncIterator]();
    for (;;) {
      const { done, value } = await patient(chunks.next());
      if (done) return;
      yield value;
    }
  } finally {
    over.abort(new Error("the reading is over"));
  }
}

export async function orStalled<T>(
  wait: Promise<T>,
  { stallMs, clock }: Patience,
  signal: AbortSignal,
): Promise<T> {
  // Whoever gives up first leaves the other's failure without a listener.
  wait.catch(() => {});
  const done = new AbortController();
  const stalled = clock.sleep(stallMs, done.signal).then((): never => {
    if (done.signal.aborted) throw new Error("it arrived");
    throw new Stalled(stallMs);
  });
  stalled.catch(() => {});
  try {
    return await orAborted(Promise.race([wait, stalled]), signal);
  } finally {
    done.abort();
  }
}
