// Tries again, with growing pauses and some jitter, until it works, gives up, or is told to stop.
import type { Clock } from "./clock.ts";

export interface RetryOptions {
  clock: Clock;
  signal?: AbortSignal;
  /** First pause in ms. Default 100. */
  firstMs?: number;
  /** Longest pause in ms. Default 5000. */
  maxMs?: number;
  /** How many tries in all; Infinity needs a signal. Default 8. */
  tries?: number;
  /** Whether this error is worth another try. Default: always. */
  worthRetrying?: (error: unknown) => boolean;
  onRetry?: (error: unknown, attempt: number, pauseMs: number) => void;
}

export async function retry<T>(act: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { clock, signal, firstMs = 100, maxMs = 5000, tries = 8, worthRetrying = () => true } = options;
  for (let attempt = 1; ; attempt++) {
    try {
      return await act();
    } catch (error) {
      if (signal?.aborted || attempt >= tries || !worthRetrying(error)) throw error;
      const pauseMs = Math.min(maxMs, firstMs * 2 ** (attempt - 1)) * (0.75 + Math.random() / 2);
      options.onRetry?.(error, attempt, pauseMs);
      await clock.sleep(pauseMs, signal);
      if (signal?.aborted) throw error;
    }
  }
}
