// New jobs get their first attempt; jobs that were canceled before they had one end here.
import { activeJobs, insertAttempt, lastAttempts } from "../store/attempts.ts";
import type { ActiveJob } from "../store/attempts.ts";
import { moveJob } from "../store/jobs.ts";
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
  const at = clock.now();
  return store.write(async (tx) => {
    const moved = await moveJob(tx, job.run, {
      to: "Preparing",
      reason: "waiting for the agent to take it",
      attempt: 1,
      at,
    });
    if (!moved) return false;
    return insertAttempt(tx, { id: newId(), run: job.run, number: 1, agent: localAgent, at });
  });
}
