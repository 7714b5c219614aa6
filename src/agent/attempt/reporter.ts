// Tells the server how an attempt comes along: in order, each until it is taken, without holding up the attempt.
import type { AttemptPhase } from "../../core/job.ts";
import { Refused } from "../../core/refused.ts";
import type { Clock } from "../../lib/clock.ts";
import { describeError } from "../../lib/log.ts";
import type { Log } from "../../lib/log.ts";
import type { Caller } from "../node/server-link.ts";

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
  /** What was said last and has not been sent, for the caller to send. All before it was taken. */
  takeRest(): Promise<Report[]>;
}

export interface ReporterOptions {
  attempt: string;
  epoch: () => Promise<number>;
  call: Caller;
  clock: Clock;
  log: Log;
  /** Called when the server knows no such attempt (any more), or a newer agent has taken over. */
  onRefused: (error: Refused) => void;
  /** For how long a report that nobody waits for stays, so that others may join it. */
  gatherMs: number;
  signal: AbortSignal;
}

export interface Report {
  phase: AttemptPhase;
  reason: string;
  at: number;
  notes: Note[];
  properties: Record<string, string>;
}

const mostAtOnce = 50;
const hurried = new Error("sent at once");

const asSent = ({ reason, notes, ...report }: Report): Report => ({
  ...report,
  reason: reason.slice(0, 1000),
  notes: notes.map((note) => ({ ...note, message: note.message.slice(0, 4000) })),
});

export function createReporter(options: ReporterOptions): Reporter {
  const { clock, log } = options;
  /** What has not been sent yet. */
  let queue: Report[] = [];
  let isUrgent = false;
  let hurry = new AbortController();
  let last: { phase: AttemptPhase; reason: string } = { phase: "Preparing", reason: "" };
  let sending: Promise<void> | undefined;

  const enqueue = (report: Report) => {
    queue.push(report);
    if (report.phase === "Queued") hasten();
    sending ??= drain()
      .catch((error: unknown) => log.error("reporting stopped", { error: describeError(error) }))
      .finally(() => (sending = undefined));
  };

  /** Joins a note to a report that has not left yet, so that many cost one request. */
  const join = (add: (report: Report) => void) => {
    const waiting = queue.at(-1);
    if (waiting) return add(waiting);
    const report: Report = { ...last, at: clock.now(), notes: [], properties: {} };
    add(report);
    enqueue(report);
  };

  /** The server waits for it, or somebody waits for the server. */
  const hasten = () => {
    isUrgent = true;
    hurry.abort(hurried);
  };

  async function drain(): Promise<void> {
    while (queue.length > 0) {
      if (!isUrgent) await clock.sleep(options.gatherMs, AbortSignal.any([options.signal, hurry.signal]));
      if (options.signal.aborted || queue.length === 0) return;
      const batch = queue.slice(0, mostAtOnce);
      queue = queue.slice(mostAtOnce);
      if (queue.length === 0) {
        isUrgent = false;
        hurry = new AbortController();
      }
      const [latest, ...earlier] = batch.map(asSent).reverse();
      try {
        const epoch = await options.epoch();
        await options.call(
          (client, call) =>
            client.reportAttempt(
              {
                params: { attempt: options.attempt },
                body: { epoch, ...latest!, ...(earlier.length > 0 && { earlier: earlier.reverse() }) },
              },
              call,
            ),
          { signal: options.signal },
        );
      } catch (error) {
        if (options.signal.aborted) return;
        if (!(error instanceof Refused)) throw error;
        if (error.code === "not-found" || error.code === "superseded") return options.onRefused(error);
        log.warn("a report was refused", { phase: latest!.phase, error: error.message });
      }
    }
  }

  return {
    report(phase, reason, at = clock.now()) {
      last = { phase, reason };
      enqueue({ phase, reason, at, notes: [], properties: {} });
    },
    note: (note) => join((report) => report.notes.push(note)),
    property: (name, value) => join((report) => (report.properties[name] = value)),
    async takeRest() {
      const rest = queue;
      queue = [];
      hasten();
      await sending;
      return rest.map(asSent);
    },
  };
}
