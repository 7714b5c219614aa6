// Calls to the server that outlast its absence: they wait, find it again where server.json says, and go on.
import { createClient, ServerFault, Unreachable } from "../../api/client.ts";
import type { CallOptions, Client } from "../../api/client.ts";
import { createHttpTransport } from "../../api/http-transport.ts";
import type { HttpTransport } from "../../api/http-transport.ts";
import { Refused } from "../../core/refused.ts";
import type { Clock } from "../../lib/clock.ts";
import { describeError } from "../../lib/log.ts";
import type { Log } from "../../lib/log.ts";

export interface CallLimits {
  signal: AbortSignal;
  /** When nothing has moved for this long the call is made again. Default 60. */
  timeoutSeconds?: number;
}

/**
 * Makes one call, as this agent, until it is answered. Rejects with `Refused` when the server says no, and with the signal's
 * reason when aborted. `act` may run many times, so what it does must be the same when done twice. One that moves
 * many bytes calls `moved` as they pass.
 */
export type Caller = <T>(
  act: (client: Client, options: CallOptions, moved: () => void) => Promise<T>,
  limits: CallLimits,
) => Promise<T>;

export interface ServerLink {
  call: Caller;
  /** When the server last answered, by clock.elapsed(). */
  heardAt(): number;
  close(): void;
}

export interface ServerLinkOptions {
  /** Read again after every failure: a server that restarts may come back on another port. */
  readUrl: () => Promise<string>;
  readToken: () => Promise<string>;
  clock: Clock;
  log: Log;
}

/** A reason given spares the making of an exception with a stack for every call. */
const over = new Error("the call is over");
const firstPauseMs = 50;
const longestPauseMs = 2000;

export function createServerLink({ readUrl, readToken, clock, log }: ServerLinkOptions): ServerLink {
  let address: { url: string; transport: HttpTransport; token: string } | undefined;
  let heardAt = clock.elapsed();
  let failures = 0;
  let pause: Promise<void> | undefined;

  async function connect() {
    const url = await readUrl();
    const token = await readToken();
    address ??= { url, transport: createHttpTransport(url), token };
    return address;
  }

  /** All calls share one pause, so that an outage is one knock at the door and not one for each. */
  function waitForServer(error: unknown, signal: AbortSignal): Promise<void> {
    if (!pause) {
      failures += 1;
      const pauseMs =
        Math.min(longestPauseMs, firstPauseMs * 2 ** (failures - 1)) * (0.5 + Math.random() / 2);
      if (failures === 3)
        log.warn("the server does not answer; going on without", { error: describeError(error) });
      const isGone = !(error instanceof ServerFault);
      pause = rest(pauseMs, isGone);
    }
    return orAborted(pause, signal);
  }

  async function abortAt(
    deadline: () => number,
    patience: AbortController,
    done: AbortSignal,
  ): Promise<void> {
    for (let left = deadline() - clock.elapsed(); left > 0; left = deadline() - clock.elapsed()) {
      await clock.sleep(left, done);
      if (done.aborted) return;
    }
    patience.abort(over);
  }

  async function rest(pauseMs: number, isGone: boolean): Promise<void> {
    await clock.sleep(pauseMs);
    pause = undefined;
    if (!isGone) return;
    address?.transport.close();
    address = undefined;
  }

  function heard(): void {
    heardAt = clock.elapsed();
    if (failures >= 3) log.info("the server answers again");
    failures = 0;
  }

  const call: Caller = async (act, { signal, timeoutSeconds = 60 }) => {
    for (;;) {
      signal.throwIfAborted();
      const patience = new AbortController();
      const answered = new AbortController();
      try {
        const { transport, token } = address ?? (await connect());
        let deadline = 0;
        const moved = () => (deadline = clock.elapsed() + timeoutSeconds * 1000);
        moved();
        void abortAt(() => deadline, patience, answered.signal);
        const both = AbortSignal.any([signal, patience.signal]);
        const answer = await act(createClient(transport, token), { signal: both }, moved);
        heard();
        return answer;
      } catch (error) {
        signal.throwIfAborted();
        // A token is read anew with the address: a home folder may have been made anew.
        if (!isPassing(error)) {
          if (error instanceof Refused) heard();
          throw error;
        }
        await waitForServer(error, signal);
      } finally {
        answered.abort(over);
      }
    }
  };

  return {
    call,
    heardAt: () => heardAt,
    close: () => address?.transport.close(),
  };
}

/** No answer, a fault of the server's, or no server.json yet: all may be over in a moment. */
const isPassing = (error: unknown): boolean =>
  error instanceof Unreachable ||
  error instanceof ServerFault ||
  error instanceof NoServer ||
  (error instanceof Refused && error.code === "unauthorized") ||
  (error instanceof Error && "code" in error && brokenOff.has(error.code));

/** An answer whose bytes stopped in the middle. */
const brokenOff = new Set<unknown>(["ECONNRESET", "ECONNABORTED", "ERR_STREAM_PREMATURE_CLOSE", "ABORT_ERR"]);

/** There is no server.json, or none that says where a server is. */
export class NoServer extends Error {}

function orAborted(wait: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason as Error);
    if (signal.aborted) return stop();
    signal.addEventListener("abort", stop, { once: true });
    void wait.then(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    });
  });
}
