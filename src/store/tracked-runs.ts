// Runs as MLflow's clients see them: made by them or a job's; read whole, with everything that was logged.
import type { JobState } from "../core/job.ts";
import { recordEvent } from "./events.ts";
import { readLabels, noLabels } from "./labels.ts";
import type { Labels } from "./labels.ts";
import type { Db } from "./store.ts";

export interface TrackedRun {
  seq: number;
  id: string;
  experimentId: string;
  artifactLocation: string;
  name: string;
  state: string;
  user: string;
  beginsAt: number;
  endedAt: number | null;
  deleted: boolean;
  /** A job stands behind it: the platform says how it ends. */
  isJob: boolean;
  /** The job whose token made it. */
  ofJob: string | null;
}

const selectRuns = (db: Db) =>
  db
    .selectFrom("runs")
    .innerJoin("experiments", "experiments.id", "runs.experiment_id")
    .leftJoin("jobs", "jobs.run_id", "runs.id")
    .select([
      "runs.seq",
      "runs.id",
      "runs.experiment_id",
      "experiments.artifact_location",
      "runs.display_name",
      "runs.state",
      "runs.created_by",
      "runs.begins_at",
      "runs.ended_at",
      "runs.archived",
      "runs.job_run_id",
      "jobs.run_id as job",
    ]);
type SelectedRun = Awaited<ReturnType<ReturnType<typeof selectRuns>["executeTakeFirstOrThrow"]>>;

const runOf = (row: SelectedRun): TrackedRun => ({
  seq: row.seq,
  id: row.id,
  experimentId: row.experiment_id,
  artifactLocation: row.artifact_location,
  name: row.display_name,
  state: row.state,
  user: row.created_by,
  beginsAt: row.begins_at,
  endedAt: row.ended_at,
  deleted: row.archived === 1,
  isJob: row.job !== null,
  ofJob: row.job_run_id,
});

export async function findTrackedRun(db: Db, id: string): Promise<TrackedRun | undefined> {
  const row = await selectRuns(db).where("runs.id", "=", id).executeTakeFirst();
  return row && runOf(row);
}

/** In the order of `seqs`. */
export async function readTrackedRuns(db: Db, seqs: readonly number[]): Promise<TrackedRun[]> {
  const found = new Map<number, TrackedRun>();
  for (const some of chunks(seqs)) {
    for (const row of await selectRuns(db).where("runs.seq", "in", some).execute()) {
      found.set(row.seq, runOf(row));
    }
  }
  return seqs.flatMap((seq) => found.get(seq) ?? []);
}

export interface NewTrackedRun {
  id: string;
  experimentId: string;
  name: string;
  user: string;
  startedAt: number;
  parent: string | null;
  ofJob: string | null;
  at: number;
}

export async function insertTrackedRun(tx: Db, run: NewTrackedRun): Promise<void> {
  const last = await tx
    .selectFrom("runs")
    .select((of) => of.fn.max("number").as("number"))
    .where("experiment_id", "=", run.experimentId)
    .executeTakeFirst();
  const experiment = await tx
    .selectFrom("experiments")
    .select("name")
    .where("id", "=", run.experimentId)
    .executeTakeFirstOrThrow();
  await tx
    .insertInto("runs")
    .values({
      id: run.id,
      experiment_id: run.experimentId,
      number: (last?.number ?? 0) + 1,
      display_name: run.name,
      description: "",
      state: "Running",
      parent_id: run.parent,
      created_by: run.user,
      created_at: run.at,
      started_at: run.startedAt,
      ended_at: null,
      job_run_id: run.ofJob,
    })
    .execute();
  await recordEvent(tx, run.at, run.id, { kind: "run.created", experiment: experiment.name });
}

/** Only for runs without a job: a job's state is moved by the platform. */
export async function setTrackedState(
  tx: Db,
  run: string,
  change: { state?: JobState; endedAt?: number },
): Promise<void> {
  const values = {
    ...(change.state !== undefined && { state: change.state }),
    ...(change.endedAt !== undefined && { ended_at: change.endedAt }),
  };
  if (Object.keys(values).length === 0) return;
  await tx
    .updateTable("runs")
    .set(values)
    .where("id", "=", run)
    .where("id", "not in", (of) => of.selectFrom("jobs").select("run_id").where("run_id", "=", run))
    .execute();
}

export interface LatestMetric {
  name: string;
  value: number;
  step: number;
  at: number;
}

export async function readLatestMetrics(
  db: Db,
  seqs: readonly number[],
): Promise<Map<number, LatestMetric[]>> {
  const found = new Map<number, LatestMetric[]>();
  for (const some of chunks(seqs)) {
    const rows = await db
      .selectFrom("metric_series")
      .select(["run_seq", "name", "last", "last_step", "last_at", "count"])
      .where("run_seq", "in", some)
      .where("kind", "=", "scalar")
      .orderBy("name")
      .execute();
    for (const row of rows) {
      const list = found.get(row.run_seq) ?? [];
      list.push({
        name: row.name,
        value: row.last ?? Number.NaN,
        // Points that were logged without a step count from 0.
        step: row.last_step ?? row.count - 1,
        at: row.last_at ?? 0,
      });
      found.set(row.run_seq, list);
    }
  }
  return found;
}

export async function readManyLabels(db: Db, runs: readonly string[]): Promise<(run: string) => Labels> {
  const found = new Map<string, Labels>();
  for (const some of chunks(runs))
    for (const [run, labels] of await readLabels(db, some)) found.set(run, labels);
  return (run) => found.get(run) ?? noLabels();
}

/** So many that the statements stay few and the values within SQLite's limit. */
export function* chunks<T>(list: readonly T[]): Generator<T[]> {
  for (let start = 0; start < list.length; start += 500) yield list.slice(start, start + 500);
}
