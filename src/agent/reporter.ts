// Tells the server how an attempt comes along: in order, each until it is taken, without holding up the attempt.
import type { AttemptPhase } from "../core/job.ts";
import { Refused } from "../core/refused.ts";
import type { Clock } from "../lib/clock.ts";
import { describeError } from "../lib/log.ts";
import type { Log } from "../lib/log.ts";
import type { Caller } from "./server-link.ts";

export interface Note {
  level: "info" | "warning";
  message: string;
}

export interface Reporter {
  /** Returns at once. The reason is for people: why it is in this phase, in plain words. */
  report(phase: AttemptPhase, reason: string, at?: number): void;
  /** Goes along with the next report, or by itself. */
  note(note: Note): void;
  property(name: string, value: string): void;
  /** Resolves when everything said so far was taken. */
  flush(): Promise<void>;
}

export interface ReporterOptions {
  attempt: string;
  epoch: () => Promise<number>;
  call: Caller;
  clock: Clock;
  log: Log;
  /** Called when the server knows no such attempt (any more), or a newer agent has taken over. */
  onRefused: (error: Refused) => void;
  signal: AbortSignal;
}

interface Report {
  phase: AttemptPhase;
  reason: string;
  at: number;
  notes: Note[];
  properties: Record<string, string>;
}

export function createReporter(options: ReporterOptions): Reporter {
  const { clock, log } = options;
  const queue: Report[] = [];
  let last: { phase: AttemptPhase; reason: string } = { phase: "Preparing", reason: "" };
  let sending: Promise<void> | undefined;

  const enqueue = (report: Report) => {
    queue.push(report);
    sending ??= drain()
      .catch((error: unknown) => log.error("reporting stopped", { error: describeError(error) }))
      .finally(() => (sending = undefined));
  };

  /** Joins a note to a report that has not left yet, so that many cost one request. */
  const join = (add: (report: Report) => void) => {
    const waiting = queue.at(-1);
    if (waiting && queue.length > 1) return add(waiting);
    const report: Report = { ...last, at: clock.now(), notes: [], properties: {} };
    add(report);
    enqueue(report);
  };

  async function drain(): Promise<void> {
    while (queue.length > 0) {
      const { at, phase, reason, notes, properties } = queue[0]!;
      try {
        const epoch = await options.epoch();
        await options.call(
          (client, call) =>
            client.reportAttempt(
              {
                params: { attempt: options.attempt },
                body: {
                  epoch,
                  phase,
                  reason: reason.slice(0, 1000),
                  at,
                  notes: notes.map((note) => ({ ...note, message: note.message.slice(0, 4000) })),
                  properties,
                },
              },
              call,
            ),
          { signal: options.signal },
        );
      } catch (error) {
        if (options.signal.aborted) return;
        if (!(error instanceof Refused)) throw error;
        if (error.code === "not-found" || error.code === "superseded") return options.onRefused(error);
        log.warn("a report was refused", { phase, error: error.message });
      }
      queue.shift();
    }
  }

  return {
    report(phase, reason, at = clock.now()) {
      last = { phase, reason };
      enqueue({ phase, reason, at, notes: [], properties: {} });
    },
    note: (note) => join((report) => report.notes.push(note)),
    property: (name, value) => join((report) => (report.properties[name] = value)),
    async flush() {
      while (queue.length > 0 && !options.signal.aborted) await sending;
    },
  };
}
