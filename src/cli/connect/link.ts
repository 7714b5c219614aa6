// A connection that outlives its server: every call finds the server again after it was restarted elsewhere.
import type { Client } from "../../api/client.ts";
import { Unreachable } from "../../api/client.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Connection } from "./connect.ts";

export interface Link {
  /**
   * Calls `act` until it gets an answer, so it may run many times. Gives up after `patienceMs` without one, and at
   * once when the signal aborts, which `act` hands on to its call.
   */
  use<T>(
    act: (client: Client, call: { signal: AbortSignal }) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T>;
}

export interface LinkOptions {
  /** Finds the server anew. */
  connect: () => Promise<Connection>;
  clock: Clock;
  signal: AbortSignal;
  /** Told once when the server has been away for a moment, and again when it is back. */
  onAway?: () => void;
  onBack?: () => void;
  patienceMs?: number;
}

const firstPauseMs = 20;
const longestPauseMs = 1000;
const momentMs = 1000;

export function createLink(first: Connection, options: LinkOptions): Link & Disposable {
  const { connect, clock, signal, patienceMs = 600_000 } = options;
  let connection = first;
  let toldAway = false;
  let awaySince: number | undefined;
  let renewing: Promise<void> | undefined;

  const renew = async (stale: Connection) => {
    if (connection !== stale) return;
    const fresh = await connect();
    stale.close();
    connection = fresh;
  };

  return {
    async use(act, own = signal) {
      for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
        const used = connection;
        try {
          const result = await act(used.client, { signal: own });
          awaySince = undefined;
          if (toldAway) options.onBack?.();
          toldAway = false;
          return result;
        } catch (error) {
          awaySince ??= clock.elapsed();
          const awayMs = clock.elapsed() - awaySince;
          if (own.aborted || !isOutage(error) || awayMs > patienceMs) throw error;
          if (awayMs > momentMs && !toldAway) {
            toldAway = true;
            options.onAway?.();
          }
          await clock.sleep(pauseMs, own);
          // Several calls fail together when a server goes; one of them looks for the next server.
          renewing ??= renew(used)
            .catch(() => {})
            .finally(() => (renewing = undefined));
          await renewing;
        }
      }
    },
    [Symbol.dispose]: () => connection.close(),
  };
}

/** A connection that breaks in the middle of an answer is an outage too; its error is Node's own. */
export const isOutage = (error: unknown): boolean =>
  error instanceof Unreachable ||
  (error instanceof Error &&
    "code" in error &&
    (error.code === "ECONNRESET" || error.code === "EPIPE" || error.code === "ERR_STREAM_PREMATURE_CLOSE"));
