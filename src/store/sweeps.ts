// Sweeps: which are under way, and what their logs say.
import type { JobState } from "../core/job.ts";
import type { JobSpec } from "../core/job-spec.ts";
import { compiled, prepared } from "./prepared.ts";
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

const selectOpen = compiled((db) =>
  db
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
    .orderBy("runs.seq"),
);

/** The sweeps that have not reached a final state, in the order of submission. */
export async function openSweeps(db: Db): Promise<OpenSweep[]> {
  return (await selectOpen(db, {})).map((row) => ({
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

const appendLog = prepared<never>(
  `insert into sweep_log (sweep_id, offset, text) values (?1, coalesce((select offset + octet_length(text)
   from sweep_log where sweep_id = ?1 order by offset desc limit 1), 0), ?2)`,
);

/** Adds lines to the sweep's log, in the transaction of what they tell. */
export async function writeSweepLog(tx: Db, sweep: string, text: string): Promise<void> {
  await appendLog(tx, sweep, text);
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
