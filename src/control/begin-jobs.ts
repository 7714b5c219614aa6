// New jobs get their first attempt; jobs that were canceled before they had one end here.
import { activeJobs, insertAttempt, lastAttempts } from "../store/attempts.ts";
import type { ActiveJob } from "../store/attempts.ts";
import { moveJob } from "../store/jobs.ts";
import type { Db } from "../store/store.ts";
import type { ControlContext } from "./context.ts";
import { localAgent } from "./context.ts";

/** Returns how many jobs took a step. */
export async function beginJobs(context: ControlContext): Promise<number> {
  const { store } = context;
  const jobs = await activeJobs(store.db, ["Starting", "CancelRequested"]);
  const attempts = await lastAttempts(
    store.db,
    jobs.map((job) => job.run),
  );
  // At once, so that they share a commit.
  const steps = await Promise.all(
    jobs
      .filter((job) => !attempts.has(job.run))
      .map((job) => (job.state === "CancelRequested" ? cancelUnbegun(context, job) : begin(context, job))),
  );
  return steps.filter(Boolean).length;
}

async function cancelUnbegun({ store, clock }: ControlContext, job: ActiveJob): Promise<boolean> {
  return store.write((tx) =>
    moveJob(tx, job.run, { to: "Canceled", reason: "canceled before it began", attempt: 0, at: clock.now() }),
  );
}

async function begin({ store, clock, newId }: ControlContext, job: ActiveJob): Promise<boolean> {
  return store.write((tx) => beginAttempt(tx, job.run, { id: newId(), at: clock.now() }));
}

/**
 * The first attempt of a job; false when it is not Starting any more. One that counts as prepared may have its nodes at
 * once, and the agent need not be heard in between.
 */
export async function beginAttempt(
  tx: Db,
  run: string,
  { id, at, isPrepared = false }: { id: string; at: number; isPrepared?: boolean },
): Promise<boolean> {
  const move = isPrepared
    ? { to: "Queued" as const, reason: "prepared as the trials before it; waiting for its node" }
    : { to: "Preparing" as const, reason: "waiting for the agent to take it" };
  if (!(await moveJob(tx, run, { ...move, attempt: 1, at }))) return false;
  return insertAttempt(tx, { id, run, number: 1, agent: localAgent, at, isPrepared });
}
