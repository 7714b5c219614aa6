// Runs as MLflow's clients see them: made by them or a job's; read whole, with everything that was logged.
import type { JobState } from "../core/job.ts";
import { recordEvent } from "./events.ts";
import { prepared } from "./prepared.ts";
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

interface RunRow {
  seq: number;
  id: string;
  experiment_id: string;
  artifact_location: string;
  display_name: string;
  state: string;
  created_by: string;
  begins_at: number;
  ended_at: number | null;
  archived: number;
  job_run_id: string | null;
  job: string | null;
}

const runsWhere = (condition: string) =>
  prepared<RunRow>(
    `select runs.seq, runs.id, runs.experiment_id, experiments.artifact_location, runs.display_name, runs.state,
      runs.created_by, runs.begins_at, runs.ended_at, runs.archived, runs.job_run_id, jobs.run_id as job
     from runs join experiments on experiments.id = runs.experiment_id left join jobs on jobs.run_id = runs.id
     where ${condition}`,
  );
const runById = runsWhere("runs.id = ?");
const runsBySeq = runsWhere("runs.seq in (select value from json_each(?))");

const runOf = (row: RunRow): TrackedRun => ({
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
  const [row] = await runById(db, id);
  return row && runOf(row);
}

/** In the order of `seqs`. */
export async function readTrackedRuns(db: Db, seqs: readonly number[]): Promise<TrackedRun[]> {
  const rows = await runsBySeq(db, JSON.stringify(seqs));
  const found = new Map(rows.map((row) => [row.seq, runOf(row)]));
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

const experimentOf = prepared<{ name: string; last: number | null }>(
  "select name, (select max(number) from runs where experiment_id = experiments.id) as last from experiments where id = ?",
);
const insertRun = prepared<never>(
  `insert into runs (id, experiment_id, number, display_name, description, state, parent_id, created_by, created_at,
    started_at, ended_at, job_run_id) values (?, ?, ?, ?, '', 'Running', ?, ?, ?, ?, null, ?)`,
);

/** Into an experiment that is there. */
export async function insertTrackedRun(tx: Db, run: NewTrackedRun): Promise<void> {
  const { id, experimentId, name, user, startedAt, parent, ofJob, at } = run;
  const [experiment] = await experimentOf(tx, experimentId);
  const number = (experiment!.last ?? 0) + 1;
  await insertRun(tx, id, experimentId, number, name, parent, user, at, startedAt, ofJob);
  await recordEvent(tx, at, id, { kind: "run.created", experiment: experiment!.name });
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

// Put together by SQLite: as rows of JavaScript a page of a search would take several times as long.
const metricsOf = prepared<{ run_seq: number; list: string }>(
  `select run_seq, group_concat(latest) as list from metric_series
   where run_seq in (select value from json_each(?)) and kind = 'scalar' group by run_seq`,
);
const labelsOf = prepared<{ run_id: string; kind: "param" | "tag"; list: string }>(
  `select run_id, kind, group_concat('{"key":' || json_quote(key) || ',"value":' || json_quote(value) || '}') as list
   from labels where run_id in (select value from json_each(?)) and kind in ('param', 'tag')
     and (kind, key) <> ('tag', 'mlflow.runName') group by run_id, kind`,
);

/** By run: its latest metrics as the items of a JSON list. */
export async function readLatestMetrics(db: Db, seqs: readonly number[]): Promise<Map<number, string>> {
  const rows = await metricsOf(db, JSON.stringify(seqs));
  return new Map(rows.map(({ run_seq, list }) => [run_seq, list]));
}

/** By run: its params and tags as the items of JSON lists of `{key, value}`; empty where there are none. */
export async function readLabelLists(
  db: Db,
  runs: readonly string[],
): Promise<(run: string, kind: "param" | "tag") => string> {
  const rows = await labelsOf(db, JSON.stringify(runs));
  const found = new Map(rows.map(({ run_id, kind, list }) => [`${kind} ${run_id}`, list]));
  return (run, kind) => found.get(`${kind} ${run}`) ?? "";
}

/** So many that the statements stay few and the values within SQLite's limit. */
export function* chunks<T>(list: readonly T[]): Generator<T[]> {
  for (let start = 0; start < list.length; start += 500) yield list.slice(start, start + 500);
}
