// Attempts: each one try of a job on its nodes. An attempt begins once, ends once, and is closed once.
import type { AttemptPhase, EndReason, JobState, StopReason } from "../core/job.ts";
import { prepared } from "./prepared.ts";
import type { Db } from "./store.ts";

export interface Attempt {
  id: string;
  run: string;
  number: number;
  agent: string;
  node: string | null;
  /** It has its node: the user's processes may start. */
  go: boolean;
  stop: StopReason | null;
  phase: AttemptPhase;
  queueReason: string;
  createdAt: number;
  preparedAt: number | null;
  startedAt: number | null;
  endedAt: number | null;
  endReason: EndReason | null;
  exitCode: number | null;
  message: string | null;
  traceback: string | null;
  /** In order of rank, once it has them. */
  nodes: GrantedNode[];
}

export interface GrantedNode {
  name: string;
  /** The graphics cards that it has there; all of them when not given. */
  gpus?: number[];
}

const columns = [
  "id",
  "run_id",
  "number",
  "agent",
  "node",
  "go",
  "stop",
  "phase",
  "queue_reason",
  "created_at",
  "prepared_at",
  "started_at",
  "ended_at",
  "end_reason",
  "exit_code",
  "message",
  "traceback",
  "placement",
] as const;

const selectAttempts = (db: Db) => db.selectFrom("attempts").select(columns);
type SelectedAttempt = Awaited<ReturnType<ReturnType<typeof selectAttempts>["executeTakeFirstOrThrow"]>>;

const attemptOf = (row: SelectedAttempt): Attempt => ({
  id: row.id,
  run: row.run_id,
  number: row.number,
  agent: row.agent,
  node: row.node,
  go: row.go === 1,
  stop: row.stop as StopReason | null,
  phase: row.phase as AttemptPhase,
  queueReason: row.queue_reason,
  createdAt: row.created_at,
  preparedAt: row.prepared_at,
  startedAt: row.started_at,
  endedAt: row.ended_at,
  endReason: row.end_reason as EndReason | null,
  exitCode: row.exit_code,
  message: row.message,
  traceback: row.traceback,
  nodes: row.placement === null ? [] : (JSON.parse(row.placement) as GrantedNode[]),
});

const insertNew = prepared<{ id: string }>(
  `insert into attempts (id, run_id, number, agent, phase, created_at, prepared_at) values (?, ?, ?, ?, ?, ?, ?)
   on conflict (run_id, number) do nothing returning id`,
);

/** Inserts attempt `number` of the run; false when there is one already. */
export async function insertAttempt(
  tx: Db,
  attempt: { id: string; run: string; number: number; agent: string; at: number; isPrepared?: boolean },
): Promise<boolean> {
  const { id, run, number, agent, at, isPrepared = false } = attempt;
  const phase: AttemptPhase = isPrepared ? "Queued" : "Preparing";
  return (await insertNew(tx, id, run, number, agent, phase, at, isPrepared ? at : null)).length === 1;
}

const attemptNamed = prepared<SelectedAttempt>(`select ${columns.join(", ")} from attempts where id = ?`);

export async function findAttempt(db: Db, id: string): Promise<Attempt | undefined> {
  return (await attemptNamed(db, id)).map(attemptOf)[0];
}

const runOfOpen = prepared<{ id: string; experiment: string }>(
  `select runs.id, runs.experiment_id as experiment from attempts join runs on runs.id = attempts.run_id
   where attempts.id = ? and attempts.ended_at is null`,
);

/** The run of an attempt that has not ended. Every call of a job's MLflow client asks for it. */
export async function runOfOpenAttempt(
  db: Db,
  attempt: string,
): Promise<{ id: string; experiment: string } | undefined> {
  return (await runOfOpen(db, attempt))[0];
}

const allOpen = prepared<SelectedAttempt>(
  `select ${columns.join(", ")} from attempts where closed_at is null order by created_at, id`,
);

/** The attempts, of one agent if it is named, that are not closed, oldest first. */
export async function openAttempts(db: Db, agent?: string): Promise<Attempt[]> {
  const rows = await allOpen(db);
  return rows.filter((row) => agent === undefined || row.agent === agent).map(attemptOf);
}

export async function lastAttempts(db: Db, runs: string[]): Promise<Map<string, Attempt>> {
  if (runs.length === 0) return new Map();
  const rows = await selectAttempts(db).where("run_id", "in", runs).orderBy("number").execute();
  return new Map(rows.map((row) => [row.run_id, attemptOf(row)]));
}

const advance = prepared<never>(
  `update attempts set phase = ?1, prepared_at = iif(?1 = 'Queued', ?2, prepared_at),
   started_at = iif(?1 = 'Running', ?2, started_at) where id = ?3 and ended_at is null`,
);

/** Takes the report of a phase that has not been reported yet. */
export async function advanceAttempt(tx: Db, id: string, phase: AttemptPhase, at: number): Promise<void> {
  await advance(tx, phase, at, id);
}

const grant = prepared<{ id: string }>(
  `update attempts set node = ?, placement = ?, go = 1, queue_reason = ''
   where id = ? and go = 0 and stop is null and ended_at is null returning id`,
);

/** Gives an attempt its nodes; false when it has them, was stopped, or has ended. */
export async function grantNodes(
  tx: Db,
  id: string,
  nodes: readonly { name: string; gpus: readonly number[] | null }[],
): Promise<boolean> {
  const placement = nodes.map(({ name, gpus }) => ({ name, ...(gpus && { gpus }) }));
  return (await grant(tx, nodes[0]?.name ?? null, JSON.stringify(placement), id)).length === 1;
}

export async function explainWait(tx: Db, id: string, reason: string): Promise<void> {
  await tx
    .updateTable("attempts")
    .set({ queue_reason: reason })
    .where("id", "=", id)
    .where("queue_reason", "<>", reason)
    .execute();
}

/** Asks the open attempts of a run to stop. The first reason stays. */
export async function stopAttempts(tx: Db, run: string, reason: StopReason): Promise<number> {
  const { numUpdatedRows } = await tx
    .updateTable("attempts")
    .set({ stop: reason })
    .where("run_id", "=", run)
    .where("closed_at", "is", null)
    .where("stop", "is", null)
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

export interface AttemptEnd {
  reason: EndReason;
  exitCode: number | null;
  message: string | null;
  traceback: string | null;
  at: number;
}

const end = prepared<{ id: string }>(
  `update attempts set ended_at = ?, end_reason = ?, exit_code = ?, message = ?, traceback = ?
   where id = ? and ended_at is null returning id`,
);

/** Stores the end; false when it had ended already. */
export async function endAttempt(tx: Db, id: string, how: AttemptEnd): Promise<boolean> {
  const ended = await end(tx, how.at, how.reason, how.exitCode, how.message, how.traceback, id);
  return ended.length === 1;
}

const close = prepared<{ id: string }>(
  "update attempts set closed_at = ? where id = ? and ended_at is not null and closed_at is null returning id",
);

/** Closes an attempt that has ended: its agent may forget it. */
export async function closeAttempt(tx: Db, id: string, at: number): Promise<boolean> {
  return (await close(tx, at, id)).length === 1;
}

export interface ActiveJob {
  run: string;
  seq: number;
  state: JobState;
  target: string;
}

const jobsInStates = prepared<{ id: string; seq: number; state: string; target: string }>(
  `select runs.id, runs.seq, runs.state, jobs.target from runs join jobs on jobs.run_id = runs.id
   where runs.state in (select value from json_each(?)) and jobs.kind = 'command' order by runs.seq`,
);

/** Every job in one of these states that has attempts, which sweeps have not, in the order of submission. */
export async function activeJobs(db: Db, states: readonly JobState[]): Promise<ActiveJob[]> {
  const rows = await jobsInStates(db, JSON.stringify(states));
  return rows.map((row) => ({
    run: row.id,
    seq: row.seq,
    state: row.state as JobState,
    target: row.target,
  }));
}

const ofAgent = prepared("select 1 from attempts where run_id = ? and agent = ? limit 1");

/** Whether any attempt of the run was this agent's. */
export const isRunOfAgent = async (db: Db, run: string, agent: string): Promise<boolean> =>
  (await ofAgent(db, run, agent)).length > 0;
