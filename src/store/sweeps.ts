// Sweeps: which are under way, what each knows of its trials, and what its log says.
import type { EndReason, JobState } from "../core/job.ts";
import type { JobSpec } from "../core/job-spec.ts";
import type { Parameters, TrialState } from "../core/sweep.ts";
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

export type ClosedTrialState = Exclude<TrialState, "waiting" | "running">;

export interface TrialRow {
  number: number;
  run: string;
  parameters: Parameters;
  /** Null while the sweep has not taken notice of its end. */
  state: ClosedTrialState | null;
  /** Kept when it is closed; empty until then. */
  values: number[];
  /** Best value of the primary metric; null when there is none, or while it is open. */
  score: number | null;
  /** How many of its values a stopper has judged. */
  judged: number;
  jobState: JobState;
  /** Of its last attempt. */
  endReason: EndReason | null;
  stopping: boolean;
  startedAt: number | null;
  endedAt: number | null;
}

/** By number; `onlyOpen` leaves out those that are closed, `after` those up to that number. */
export async function readTrials(
  db: Db,
  sweep: string,
  options: { onlyOpen?: boolean; after?: number; limit?: number } = {},
): Promise<TrialRow[]> {
  let select = db
    .selectFrom("trials")
    .innerJoin("runs", "runs.id", "trials.run_id")
    .leftJoin("attempts", (join) =>
      join.onRef("attempts.run_id", "=", "trials.run_id").on((on) =>
        on(
          "attempts.number",
          "=",
          on
            .selectFrom("attempts as last")
            .select((of) => of.fn.max("last.number").as("number"))
            .whereRef("last.run_id", "=", "trials.run_id"),
        ),
      ),
    )
    .select([
      "trials.number",
      "trials.run_id",
      "trials.parameters",
      "trials.state",
      "trials.values",
      "trials.score",
      "trials.judged",
      "runs.state as job_state",
      "runs.started_at",
      "runs.ended_at",
      "attempts.end_reason",
      "attempts.stop",
    ])
    .where("trials.sweep_id", "=", sweep)
    .orderBy("trials.number");
  if (options.onlyOpen) select = select.where("trials.state", "is", null);
  if (options.after !== undefined) select = select.where("trials.number", ">", options.after);
  if (options.limit !== undefined) select = select.limit(options.limit);
  return (await select.execute()).map((row) => ({
    number: row.number,
    run: row.run_id,
    parameters: JSON.parse(row.parameters) as Parameters,
    state: row.state as ClosedTrialState | null,
    values: row.values === null ? [] : readValues(row.values),
    score: row.score,
    judged: row.judged,
    jobState: row.job_state as JobState,
    endReason: row.end_reason as EndReason | null,
    stopping: row.stop !== null || row.job_state === "CancelRequested",
    startedAt: row.started_at,
    endedAt: row.ended_at,
  }));
}

/** JSON knows no NaN and no infinities: null and two words stand for them. */
const writeValues = (values: readonly number[]): string =>
  JSON.stringify(values.map((value) => (Number.isFinite(value) ? value : String(value))));
const readValues = (text: string): number[] => (JSON.parse(text) as (number | string)[]).map(Number);

export interface TrialCounts {
  total: number;
  open: number;
  completed: number;
  failed: number;
  canceled: number;
  stopped: number;
}

export async function countTrials(db: Db, sweep: string): Promise<TrialCounts> {
  const rows = await db
    .selectFrom("trials")
    .select((of) => ["state", of.fn.countAll<number>().as("count")])
    .where("sweep_id", "=", sweep)
    .groupBy("state")
    .execute();
  const counts: TrialCounts = { total: 0, open: 0, completed: 0, failed: 0, canceled: 0, stopped: 0 };
  for (const row of rows) {
    counts.total += row.count;
    counts[(row.state ?? "open") as keyof TrialCounts] = row.count;
  }
  return counts;
}

/** The trial with the best score, the earliest of equal ones. */
export async function bestTrial(
  db: Db,
  sweep: string,
  goal: "minimize" | "maximize",
): Promise<{ run: string; number: number; score: number; parameters: Parameters } | undefined> {
  const row = await db
    .selectFrom("trials")
    .select(["run_id", "number", "score", "parameters"])
    .where("sweep_id", "=", sweep)
    .where("score", "is not", null)
    .orderBy("score", goal === "minimize" ? "asc" : "desc")
    .orderBy("number")
    .limit(1)
    .executeTakeFirst();
  return (
    row && {
      run: row.run_id,
      number: row.number,
      score: row.score!,
      parameters: JSON.parse(row.parameters) as Parameters,
    }
  );
}

export async function insertTrial(
  tx: Db,
  trial: { sweep: string; number: number; run: string; parameters: Parameters },
): Promise<void> {
  await tx
    .insertInto("trials")
    .values({
      sweep_id: trial.sweep,
      number: trial.number,
      run_id: trial.run,
      parameters: JSON.stringify(trial.parameters),
      state: null,
      values: null,
      score: null,
    })
    .execute();
}

/** Keeps how a trial ended; false when that is kept already. */
export async function closeTrial(
  tx: Db,
  run: string,
  end: { state: ClosedTrialState; values: readonly number[]; score: number | undefined },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("trials")
    .set({ state: end.state, values: writeValues(end.values), score: end.score ?? null })
    .where("run_id", "=", run)
    .where("state", "is", null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Keeps the best value of an open trial and how many of its values have been judged. */
export async function noteTrial(
  tx: Db,
  run: string,
  known: { score: number | undefined; judged: number },
): Promise<void> {
  await tx
    .updateTable("trials")
    .set({ score: known.score ?? null, judged: known.judged })
    .where("run_id", "=", run)
    .where("state", "is", null)
    .execute();
}

/** The values that each of these runs logged under the name, in the order of logging. */
export async function readMetricValues(
  db: Db,
  runs: readonly string[],
  name: string,
): Promise<Map<string, number[]>> {
  const found = new Map<string, number[]>();
  if (runs.length === 0) return found;
  const rows = await db
    .selectFrom("runs")
    .innerJoin("metric_series", "metric_series.run_seq", "runs.seq")
    .innerJoin("metric_points", "metric_points.series", "metric_series.id")
    .select(["runs.id", "metric_points.value"])
    .where("runs.id", "in", runs)
    .where("metric_series.name", "=", name)
    .orderBy("metric_points.series")
    .orderBy("metric_points.idx")
    .execute();
  for (const row of rows) {
    const values = found.get(row.id) ?? [];
    values.push(row.value ?? Number.NaN);
    found.set(row.id, values);
  }
  return found;
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
