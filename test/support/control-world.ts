// Control on a real store, one turn at a time, with what an agent would tell put straight into the store.
import { takeTurn } from "../../src/control/control.ts";
import type { ControlContext } from "../../src/control/context.ts";
import { sizeTable } from "../../src/core/machine.ts";
import type { AttemptPhase, EndReason } from "../../src/core/job.ts";
import { silentLog } from "../../src/lib/log.ts";
import { advanceAttempt, endAttempt, lastAttempts, stopAttempts } from "../../src/store/attempts.ts";
import type { Attempt } from "../../src/store/attempts.ts";
import { findJob, moveJob } from "../../src/store/jobs.ts";
import { openStore } from "../../src/store/store.ts";
import type { Store } from "../../src/store/store.ts";
import { createFakeClock } from "./fake-clock.ts";
import type { FakeClock } from "./fake-clock.ts";
import { createRecordingEngine } from "./recording-engine.ts";
import type { RecordingEngine } from "./recording-engine.ts";

export interface ControlWorld extends AsyncDisposable {
  readonly store: Store;
  readonly clock: FakeClock;
  readonly engine: RecordingEngine;
  /** How often agents were told of new orders. */
  ordersChanged(): number;
  turn(): Promise<void>;
  /** What the log of a sweep says. */
  sweepLog(run: string): string;
  /** Turns until one changes nothing. */
  settle(): Promise<void>;
  state(run: string): Promise<string>;
  attempt(run: string): Promise<Attempt>;
  report(run: string, phase: AttemptPhase): Promise<void>;
  end(run: string, reason: EndReason): Promise<boolean>;
  cancel(run: string): Promise<void>;
  /** As a server that was killed and started again: nothing stays but the file. */
  restart(): Promise<void>;
}

/** Logs as a server keeps them: by offset, what overlaps changes nothing. */
export function createKeptLogs(): ControlContext["sweepLog"] & { read(run: string): string } {
  const texts = new Map<string, string>();
  return {
    read: (run) => texts.get(run) ?? "",
    size: async (run) => Buffer.byteLength(texts.get(run) ?? ""),
    async append(run, _path, { offset, text }) {
      const known = Buffer.from(texts.get(run) ?? "");
      if (offset > known.length) throw new Error(`a gap in the log of ${run}`);
      texts.set(run, Buffer.concat([known.subarray(0, offset), Buffer.from(text)]).toString());
    },
  };
}

export async function openControlWorld(
  file = ":memory:",
  changes: Partial<ControlContext> = {},
): Promise<ControlWorld> {
  const clock = createFakeClock();
  const engine = createRecordingEngine();
  let store = await openStore(file);
  let ids = 0;
  let orders = 0;
  const logs = createKeptLogs();
  const context = (): ControlContext => ({
    store,
    engine,
    clock,
    newId: () => `id-${ids++}`,
    heard: () => 0,
    ordersChanged: () => void orders++,
    changed: () => {},
    registerOutputs: async () => [],
    sweepLog: logs,
    sizes: async () => sizeTable(),
    log: silentLog,
    ...changes,
  });
  const attempt = async (run: string) => {
    const found = (await lastAttempts(store.db, [run])).get(run);
    if (!found) throw new Error(`run ${run} has no attempt`);
    return found;
  };

  return {
    get store() {
      return store;
    },
    clock,
    engine,
    ordersChanged: () => orders,
    turn: () => takeTurn(context()),
    sweepLog: (run) => logs.read(run),
    async settle() {
      for (let before = -1; before !== orders;) {
        before = orders;
        await takeTurn(context());
      }
    },
    state: async (run) => (await findJob(store.db, run))?.state ?? "none",
    attempt,
    async report(run, phase) {
      const { id, number } = await attempt(run);
      await store.write(async (tx) => {
        await advanceAttempt(tx, id, phase, clock.now());
        const reason = `the agent says ${phase}`;
        await moveJob(tx, run, { to: phase, reason, attempt: number, at: clock.now() });
      });
    },
    async end(run, reason) {
      const { id } = await attempt(run);
      const exitCode = reason === "succeeded" ? 0 : reason === "exited-nonzero" ? 3 : null;
      const end = { reason, exitCode, message: `why ${reason}`, traceback: null, at: clock.now() };
      return store.write((tx) => endAttempt(tx, id, end));
    },
    async cancel(run) {
      await store.write(async (tx) => {
        const move = { to: "CancelRequested", reason: "canceling", attempt: 0, at: clock.now() } as const;
        if (await moveJob(tx, run, move)) await stopAttempts(tx, run, "canceled");
      });
    },
    async restart() {
      await store.close();
      store = await openStore(file);
    },
    [Symbol.asyncDispose]: () => store.close(),
  };
}
