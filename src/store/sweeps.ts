// Sweeps: which are under way, and what their logs say.
import type { JobState } from "../core/job.ts";
import type { JobSpec } from "../core/job-spec.ts";
import type { Db } from "./store.ts";

export interface OpenSweep {
  run: string;
  state: JobState;
  createdBy: string;
  createdAt: number;
  startedAt: number | null;
  experimentName: string;
  reason: string;
  spec: JobSpec;
}

/** The sweeps that have not reached a final state, in the order of submission. */
export async function openSweeps(db: Db): Promise<OpenSweep[]> {
  const rows = await db
    .selectFrom("runs")
    .innerJoin("jobs", "jobs.run_id", "runs.id")
    .innerJoin("experiments", "experiments.id", "runs.experiment_id")
    .select([
      "runs.id",
      "runs.state",
      "runs.created_by",
      "runs.created_at",
      "runs.started_at",
      "experiments.name",
      "jobs.reason",
      "jobs.spec",
    ])
    .where("runs.state", "in", ["Starting", "Running", "CancelRequested"])
    .where("jobs.kind", "=", "sweep")
    .orderBy("runs.seq")
    .execute();
  return rows.map((row) => ({
    run: row.id,
    state: row.state as JobState,
    createdBy: row.created_by,
    createdAt: row.created_at,
    startedAt: row.started_at,
    experimentName: row.name,
    reason: row.reason,
    spec: JSON.parse(row.spec) as JobSpec,
  }));
}

export async function openSweepRuns(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom("runs")
    .innerJoin("jobs", "jobs.run_id", "runs.id")
    .select("runs.id")
    .where("runs.state", "in", ["Running", "CancelRequested"])
    .where("jobs.kind", "=", "sweep")
    .execute();
  return rows.map(({ id }) => id);
}

/** Adds lines to the sweep's log, in the transaction of what they tell. */
export async function writeSweepLog(tx: Db, sweep: string, text: string): Promise<void> {
  await tx
    .insertInto("sweep_log")
    .values({ sweep_id: sweep, offset: await sweepLogSize(tx, sweep), text })
    .execute();
}

async function sweepLogSize(db: Db, sweep: string): Promise<number> {
  const last = await db
    .selectFrom("sweep_log")
    .select(["offset", "text"])
    .where("sweep_id", "=", sweep)
    .orderBy("offset", "desc")
    .limit(1)
    .executeTakeFirst();
  return last === undefined ? 0 : last.offset + Buffer.byteLength(last.text);
}

/** What the log says from that byte on, which must be the start of a piece that was written or its end. */
export async function readSweepLog(
  db: Db,
  sweep: string,
  from: number,
): Promise<{ offset: number; text: string }[]> {
  return db
    .selectFrom("sweep_log")
    .select(["offset", "text"])
    .where("sweep_id", "=", sweep)
    .where("offset", ">=", from)
    .orderBy("offset")
    .execute();
}
