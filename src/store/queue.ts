// Who waits for nodes: attempts that are prepared and have none, in the order in which they will be served.
import { sql } from "kysely";
import { compiled } from "./prepared.ts";
import type { Db } from "./store.ts";

export interface WaitingAttempt {
  attempt: string;
  run: string;
  /** Of the attempt among those of its run. */
  number: number;
  target: string;
  nodeCount: number;
  /** The size of machine that the job itself asks for; empty when it takes its compute's. */
  size: string;
  /** 1 high, 0 medium, -1 low. */
  priority: number;
  /** As last told; empty when it has just come. */
  reason: string;
}

const fromSpec = <T>(path: string) => sql<T | null>`json_extract(jobs.spec, ${path})`;
const priorities: Readonly<Record<string, number>> = { high: 1, medium: 0, low: -1 };

const selectWaiting = (db: Db) =>
  db
    .selectFrom("attempts")
    .innerJoin("runs", "runs.id", "attempts.run_id")
    .innerJoin("jobs", "jobs.run_id", "attempts.run_id")
    .select(["attempts.id", "attempts.run_id", "attempts.number", "jobs.target", "attempts.queue_reason"])
    .select([
      fromSpec<number>("$.compute.instanceCount").as("node_count"),
      fromSpec<string>("$.compute.instanceType").as("size"),
      fromSpec<unknown>("$.queueSettings.priority").as("priority"),
    ])
    .where("attempts.closed_at", "is", null)
    .where("attempts.ended_at", "is", null)
    .where("attempts.prepared_at", "is not", null)
    .where("attempts.go", "=", 0)
    .where("attempts.stop", "is", null)
    .orderBy("runs.seq");
const allWaiting = compiled((db) => selectWaiting(db));

export async function waitingAttempts(db: Db, target?: string): Promise<WaitingAttempt[]> {
  const rows =
    target === undefined
      ? await allWaiting(db, {})
      : await selectWaiting(db).where("jobs.target", "=", target).execute();
  const waiting = rows.map((row) => ({
    attempt: row.id,
    run: row.run_id,
    number: row.number,
    target: row.target,
    nodeCount: row.node_count ?? 1,
    size: row.size ?? "",
    priority: priorities[String(row.priority).toLowerCase()] ?? 0,
    reason: row.queue_reason,
  }));
  // Stable: within a priority the order of submission stays.
  return waiting.sort((a, b) => b.priority - a.priority);
}
