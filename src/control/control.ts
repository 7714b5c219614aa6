// The loop that takes each job one step further. It reads everything it needs from the store and the engine, so a
// restart is no event.
import { describeError } from "../lib/log.ts";
import { startLoop } from "../lib/loop.ts";
import type { Loop } from "../lib/loop.ts";
import { openAttempts } from "../store/attempts.ts";
import type { Attempt } from "../store/attempts.ts";
import { explainJob } from "../store/jobs.ts";
import { advanceSweeps } from "./advance-sweeps.ts";
import { beginJobs } from "./begin-jobs.ts";
import { closeAttempts } from "./close-attempts.ts";
import { localAgent } from "./context.ts";
import type { ControlContext } from "./context.ts";
import { placeJobs } from "./place-jobs.ts";
import { flushSweepLogs } from "./sweep-log.ts";

/** A turn without a nudge: what a lost nudge costs, and how soon a dead agent is noticed. */
const turnEveryMs = 1000;
/** Of many short trials several end within this time, and one turn sees to all of them. */
const turnRestMs = 20;
/** How far the file of a sweep's log may lag behind what is stored. */
const logEveryMs = 500;

export function startControl(context: ControlContext, signal: AbortSignal): Loop {
  const loop = (turn: () => Promise<void>, everyMs: number, restMs: number) =>
    startLoop(turn, {
      clock: context.clock,
      signal,
      everyMs,
      restMs,
      onError: (error) =>
        context.log.error("a turn of control failed; the next one tries again", {
          error: describeError(error),
        }),
    });
  const turns = loop(() => takeTurn(context), turnEveryMs, turnRestMs);
  const logs = loop(() => flushSweepLogs(context), logEveryMs, 0);
  return { nudge: () => turns.nudge(), ended: Promise.all([turns.ended, logs.ended]).then(() => {}) };
}

/** One turn: every job takes the one next step that it can take. */
export async function takeTurn(context: ControlContext): Promise<void> {
  const closed = await closeAttempts(context);
  const advanced = await advanceSweeps(context);
  const begun = await beginJobs(context);
  const placed = await placeJobs(context);
  if (closed + advanced + begun + placed > 0) {
    context.ordersChanged(localAgent);
    context.changed();
  }
  const open = await openAttempts(context.store.db, localAgent);
  if (open.length === 0) return;
  try {
    await context.engine.place({ agent: localAgent, nodeCount: 1, heard: context.heard(localAgent) });
  } catch (error) {
    await tellNoAgent(context, open, describeError(error));
  }
}

/** The jobs that wait for an agent say why none comes. */
async function tellNoAgent(context: ControlContext, open: Attempt[], trouble: string): Promise<void> {
  const { store, clock, changed, log } = context;
  log.warn("there is no agent", { error: trouble });
  const at = clock.now();
  await store.write(async (tx) => {
    for (const { run, number: attempt, phase } of open) {
      if (phase === "Preparing") await explainJob(tx, run, { to: "Preparing", reason: trouble, attempt, at });
    }
  });
  changed();
}
