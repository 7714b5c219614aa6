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

/** Inserts attempt `number` of the run; false when there is one already. */
export async function insertAttempt(
  tx: Db,
  attempt: { id: string; run: string; number: number; agent: string; at: number; isPrepared?: boolean },
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto("attempts")
    .values({
      id: attempt.id,
      run_id: attempt.run,
      number: attempt.number,
      agent: attempt.agent,
      node: null,
      stop: null,
      phase: attempt.isPrepared ? "Queued" : "Preparing",
      created_at: attempt.at,
      prepared_at: attempt.isPrepared ? attempt.at : null,
      started_at: null,
      ended_at: null,
      end_reason: null,
      exit_code: null,
      message: null,
      traceback: null,
      closed_at: null,
    })
    .onConflict((conflict) => conflict.columns(["run_id", "number"]).doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
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

/** Takes the report of a phase that has not been reported yet. */
export async function advanceAttempt(tx: Db, id: string, phase: AttemptPhase, at: number): Promise<void> {
  await tx
    .updateTable("attempts")
    .set({
      phase,
      ...(phase === "Queued" && { prepared_at: at }),
      ...(phase === "Running" && { started_at: at }),
    })
    .where("id", "=", id)
    .where("ended_at", "is", null)
    .execute();
}

/** Gives an attempt its nodes; false when it has them, was stopped, or has ended. */
export async function grantNodes(
  tx: Db,
  id: string,
  nodes: readonly { name: string; gpus: readonly number[] | null }[],
): Promise<boolean> {
  const placement = nodes.map(({ name, gpus }) => ({ name, ...(gpus && { gpus }) }));
  const { numUpdatedRows } = await tx
    .updateTable("attempts")
    .set({ node: nodes[0]?.name ?? null, placement: JSON.stringify(placement), go: 1, queue_reason: "" })
    .where("id", "=", id)
    .where("go", "=", 0)
    .where("stop", "is", null)
    .where("ended_at", "is", null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
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

/** Stores the end; false when it had ended already. */
export async function endAttempt(tx: Db, id: string, end: AttemptEnd): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("attempts")
    .set({
      ended_at: end.at,
      end_reason: end.reason,
      exit_code: end.exitCode,
      message: end.message,
      traceback: end.traceback,
    })
    .where("id", "=", id)
    .where("ended_at", "is", null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Closes an attempt that has ended: its agent may forget it. */
export async function closeAttempt(tx: Db, id: string, at: number): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("attempts")
    .set({ closed_at: at })
    .where("id", "=", id)
    .where("ended_at", "is not", null)
    .where("closed_at", "is", null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

export interface ActiveJob {
  run: string;
  seq: number;
  state: JobState;
  target: string;
}

/** Every job in one of these states that has attempts, which sweeps have not, in the order of submission. */
export async function activeJobs(db: Db, states: readonly JobState[]): Promise<ActiveJob[]> {
  const rows = await db
    .selectFrom("runs")
    .innerJoin("jobs", "jobs.run_id", "runs.id")
    .select(["runs.id", "runs.seq", "runs.state", "jobs.target"])
    .where("runs.state", "in", states)
    .where("jobs.kind", "=", "command")
    .orderBy("runs.seq")
    .execute();
  return rows.map((row) => ({
    run: row.id,
    seq: row.seq,
    state: row.state as JobState,
    target: row.target,
  }));
}

/** Whether any attempt of the run was this agent's. */
export async function isRunOfAgent(db: Db, run: string, agent: string): Promise<boolean> {
  const row = await db
    .selectFrom("attempts")
    .select("id")
    .where("run_id", "=", run)
    .where("agent", "=", agent)
    .executeTakeFirst();
  return row !== undefined;
}
