// A loop that a nudge or a timer wakes: it takes a turn, then sleeps. Losing a nudge costs time, never correctness.
import type { Clock } from "./clock.ts";

export interface LoopOptions {
  clock: Clock;
  signal: AbortSignal;
  /** Longest sleep between two turns, in ms. */
  everyMs: number;
  /**
   * Shortest time from one turn's begin to the next one's, or up to five times that where turns take long:
   * what is nudged for meanwhile shares a turn. Default 0, and no rest.
   */
  restMs?: number;
  onError: (error: unknown) => void;
}

export interface Loop {
  /** Asks for a turn soon. Many nudges during one turn lead to one more turn. */
  nudge(): void;
  /** Resolves when the loop has ended after the signal. */
  readonly ended: Promise<void>;
}

export function startLoop(turn: () => Promise<void>, options: LoopOptions): Loop {
  const { clock, signal, everyMs, restMs = 0, onError } = options;
  let nudged = false;
  let wake = new AbortController();

  const run = async () => {
    while (!signal.aborted) {
      nudged = false;
      wake = new AbortController();
      const begunAt = clock.elapsed();
      try {
        await turn();
      } catch (error) {
        onError(error);
      }
      const tookMs = clock.elapsed() - begunAt;
      if (!nudged && !signal.aborted) await clock.sleep(everyMs, AbortSignal.any([signal, wake.signal]));
      const wantedMs = Math.min(5 * restMs, Math.max(restMs, 3 * tookMs));
      const restLeftMs = begunAt + wantedMs - clock.elapsed();
      if (restLeftMs > 0 && !signal.aborted) await clock.sleep(restLeftMs, signal);
    }
  };

  return {
    nudge() {
      nudged = true;
      wake.abort();
    },
    ended: run(),
  };
}
