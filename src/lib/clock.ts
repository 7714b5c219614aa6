// The only place that reads the time or waits for it. Everything else takes a Clock.

export interface Clock {
  /** Wall time in milliseconds since the epoch; may jump. For records. */
  now(): number;
  /** Milliseconds that never go back, with no meaning of their own. For time-outs and elapsed times. */
  elapsed(): number;
  /** Resolves after `ms`, or at once when the signal aborts (it never rejects). */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal?.addEventListener("abort", done, { once: true });
    }),
};
