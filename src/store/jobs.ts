// Jobs: submitted, moved from state to state, read. A move is one guarded UPDATE that says whether it happened.
import { isFinal, jobStates, statesBefore } from "../core/job.ts";
import type { JobState, RunError } from "../core/job.ts";
import type { JobSpec } from "../core/job-spec.ts";
import { recordEvent } from "./events.ts";
import { setLabels } from "./labels.ts";
import { compiled, prepared } from "./prepared.ts";
import { insertRun } from "./runs.ts";
import type { NewRun } from "./runs.ts";
import type { Db } from "./store.ts";

export interface NewJob extends NewRun {
  spec: JobSpec;
}

const insertRow = prepared<never>(
  `insert into jobs (run_id, spec, target, kind, reason, state_since) values (?, ?, ?, ?, 'accepted', ?)`,
);

/** Stores job, run and the first event; false when the name is taken. */
export async function insertJob(tx: Db, job: NewJob): Promise<boolean> {
  if (!(await insertRun(tx, { ...job, state: "Starting" }))) return false;
  const kind = job.spec.sweep ? "sweep" : "command";
  await insertRow(tx, job.id, JSON.stringify(job.spec), job.spec.compute.target, kind, job.at);
  await setLabels(tx, job.id, "tag", job.spec.tags);
  await setLabels(tx, job.id, "property", job.spec.properties);
  await recordEvent(tx, job.at, job.id, {
    kind: "run.created",
    experiment: job.experimentName,
    ...(job.parent !== null && { parent: job.parent }),
  });
  await recordEvent(tx, job.at, job.id, {
    kind: "job.state",
    state: "Starting",
    reason: "accepted",
    attempt: 0,
  });
  return true;
}

export interface Move {
  to: JobState;
  reason: string;
  /** Number of the attempt that the move is about; 0 before the first. */
  attempt: number;
  at: number;
}

const moveRun = new Map(
  jobStates.map((to) => {
    const from = statesBefore(to).map((state) => `'${state}'`);
    const text = `update runs set state = '${to}', ended_at = coalesce(?, ended_at) where id = ? and state in (${from.join(", ")}) returning id`;
    return [to, prepared<{ id: string }>(text)];
  }),
);
const markStarted = prepared("update runs set started_at = ? where id = ? and started_at is null");
const tellReason = prepared("update jobs set reason = ?, state_since = ? where run_id = ?");

/** Moves a job if core's table allows it from where the job is now. */
export async function moveJob(tx: Db, run: string, move: Move): Promise<boolean> {
  const moved = await moveRun.get(move.to)!(tx, isFinal(move.to) ? move.at : null, run);
  if (moved.length === 0) return false;
  if (move.to === "Running") await markStarted(tx, move.at, run);
  await tellReason(tx, move.reason, move.at, run);
  await recordEvent(tx, move.at, run, {
    kind: "job.state",
    state: move.to,
    reason: move.reason,
    attempt: move.attempt,
  });
  return true;
}

const tellNewReason = prepared<{ run_id: string }>(
  `update jobs set reason = ?1 where run_id = ?2 and reason <> ?1
   and exists (select 1 from runs where id = ?2 and state = ?3) returning run_id`,
);

/** Says a new reason for the state a job is in; false when it is in another state or the reason is not new. */
export async function explainJob(tx: Db, run: string, move: Move): Promise<boolean> {
  const told = await tellNewReason(tx, move.reason, run, move.to);
  if (told.length === 0) return false;
  await recordEvent(tx, move.at, run, {
    kind: "job.state",
    state: move.to,
    reason: move.reason,
    attempt: move.attempt,
  });
  return true;
}

const storeOutcome = prepared<never>("update jobs set exit_code = ?, error = ? where run_id = ?");

export async function setOutcome(
  tx: Db,
  run: string,
  outcome: { exitCode: number | null; error: RunError | null },
): Promise<void> {
  await storeOutcome(tx, outcome.exitCode, outcome.error && JSON.stringify(outcome.error), run);
}

const insertNote = prepared<{ run_id: string }>(
  `insert into notes (run_id, at, level, message) values (?, ?, ?, ?)
   on conflict (run_id, message) do nothing returning run_id`,
);

/** A note for people about how a job ran. The same note is kept once. */
export async function addNote(
  tx: Db,
  run: string,
  note: { level: "info" | "warning"; message: string },
  at: number,
): Promise<void> {
  const inserted = await insertNote(tx, run, at, note.level, note.message);
  if (inserted.length === 1) await recordEvent(tx, at, run, { kind: "job.note", ...note });
}

export interface JobRow {
  seq: number;
  run: string;
  number: number;
  experimentId: string;
  experimentName: string;
  displayName: string;
  description: string;
  state: JobState;
  reason: string;
  stateSince: number;
  parent: string | null;
  createdBy: string;
  createdAt: number;
  startedAt: number | null;
  endedAt: number | null;
  archived: boolean;
  target: string;
  exitCode: number | null;
  error: RunError | null;
  spec: JobSpec;
}

export async function findJob(db: Db, run: string): Promise<JobRow | undefined> {
  return (await jobOfRun(db, { run })).map(jobOf)[0];
}

export interface JobQuery {
  limit: number;
  /** Only jobs with a smaller seq. */
  beforeSeq?: number | undefined;
  experiment?: string | undefined;
  parent?: string | undefined;
  archived: "exclude" | "include" | "only";
}

/** Newest first. */
export async function queryJobs(db: Db, query: JobQuery): Promise<JobRow[]> {
  let select = selectJobs(db).orderBy("runs.seq", "desc").limit(query.limit);
  if (query.beforeSeq !== undefined) select = select.where("runs.seq", "<", query.beforeSeq);
  if (query.experiment !== undefined) select = select.where("experiments.name", "=", query.experiment);
  if (query.parent !== undefined) select = select.where("runs.parent_id", "=", query.parent);
  if (query.archived !== "include")
    select = select.where("runs.archived", "=", query.archived === "only" ? 1 : 0);
  return (await select.execute()).map(jobOf);
}

const selectJobs = (db: Db) =>
  db
    .selectFrom("runs")
    .innerJoin("jobs", "jobs.run_id", "runs.id")
    .innerJoin("experiments", "experiments.id", "runs.experiment_id")
    .select([
      "runs.seq",
      "runs.id",
      "runs.number",
      "runs.experiment_id",
      "experiments.name as experiment_name",
      "runs.display_name",
      "runs.description",
      "runs.state",
      "jobs.reason",
      "jobs.state_since",
      "runs.parent_id",
      "runs.created_by",
      "runs.created_at",
      "runs.started_at",
      "runs.ended_at",
      "runs.archived",
      "jobs.target",
      "jobs.exit_code",
      "jobs.error",
      "jobs.spec",
    ]);

const jobOfRun = compiled((db, { run }: { run: string }) => selectJobs(db).where("runs.id", "=", run));

type SelectedJob = Awaited<ReturnType<ReturnType<typeof selectJobs>["executeTakeFirstOrThrow"]>>;

const jobOf = (row: SelectedJob): JobRow => ({
  seq: row.seq,
  run: row.id,
  number: row.number,
  experimentId: row.experiment_id,
  experimentName: row.experiment_name,
  displayName: row.display_name,
  description: row.description,
  state: row.state as JobState,
  reason: row.reason,
  stateSince: row.state_since,
  parent: row.parent_id,
  createdBy: row.created_by,
  createdAt: row.created_at,
  startedAt: row.started_at,
  endedAt: row.ended_at,
  archived: row.archived === 1,
  target: row.target,
  exitCode: row.exit_code,
  error: row.error === null ? null : (JSON.parse(row.error) as RunError),
  spec: JSON.parse(row.spec) as JobSpec,
});

export async function readNotes(
  db: Db,
  runs: string[],
): Promise<Map<string, { level: "info" | "warning"; message: string }[]>> {
  const found = new Map<string, { level: "info" | "warning"; message: string }[]>();
  if (runs.length === 0) return found;
  const rows = await db
    .selectFrom("notes")
    .select(["run_id", "level", "message"])
    .where("run_id", "in", runs)
    .orderBy("id")
    .execute();
  for (const row of rows) {
    const list = found.get(row.run_id) ?? [];
    list.push({ level: row.level as "info" | "warning", message: row.message });
    found.set(row.run_id, list);
  }
  return found;
}

/** Names of the jobs on a target that are in none of these states. */
export async function jobsOnTarget(db: Db, target: string, notIn: readonly JobState[]): Promise<string[]> {
  const rows = await db
    .selectFrom("jobs")
    .innerJoin("runs", "runs.id", "jobs.run_id")
    .select("runs.id")
    .where("jobs.target", "=", target)
    .where("runs.state", "not in", notIn)
    .orderBy("runs.seq")
    .execute();
  return rows.map((row) => row.id);
}
