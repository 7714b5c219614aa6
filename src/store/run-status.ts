// A run's state in MLflow's five words, and back. One table for reading and for searching.
import { sql } from "kysely";
import { jobStates } from "../core/job.ts";
import type { JobState } from "../core/job.ts";

export const runStatuses = ["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"] as const;
export type RunStatus = (typeof runStatuses)[number];

const statusOfState: Readonly<Record<JobState, RunStatus>> = {
  NotStarted: "SCHEDULED",
  Starting: "SCHEDULED",
  Provisioning: "SCHEDULED",
  Preparing: "SCHEDULED",
  Queued: "SCHEDULED",
  Paused: "SCHEDULED",
  Running: "RUNNING",
  Finalizing: "RUNNING",
  CancelRequested: "RUNNING",
  NotResponding: "RUNNING",
  Completed: "FINISHED",
  Failed: "FAILED",
  Canceled: "KILLED",
};

/** The state of a run that no job stands behind. */
export const stateOfStatus: Readonly<Record<RunStatus, JobState>> = {
  RUNNING: "Running",
  SCHEDULED: "Queued",
  FINISHED: "Completed",
  FAILED: "Failed",
  KILLED: "Canceled",
};

export const statusOf = (state: string): RunStatus => statusOfState[state as JobState] ?? "RUNNING";

export const mlflowStatusSql = sql`case runs.state ${sql.join(
  jobStates.map((state) => sql`when ${sql.lit(state)} then ${sql.lit(statusOfState[state])}`),
  sql` `,
)} end`;
