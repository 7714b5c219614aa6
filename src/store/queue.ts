// Who waits for a node: attempts that are prepared and have none, in the order of submission.
import type { Db } from "./store.ts";

export interface WaitingAttempt {
  attempt: string;
  run: string;
  target: string;
  /** As last told; empty when it has just come. */
  reason: string;
}

export async function waitingAttempts(db: Db, target?: string): Promise<WaitingAttempt[]> {
  let select = db
    .selectFrom("attempts")
    .innerJoin("runs", "runs.id", "attempts.run_id")
    .innerJoin("jobs", "jobs.run_id", "attempts.run_id")
    .select(["attempts.id", "attempts.run_id", "jobs.target", "attempts.queue_reason"])
    .where("attempts.closed_at", "is", null)
    .where("attempts.ended_at", "is", null)
    .where("attempts.prepared_at", "is not", null)
    .where("attempts.go", "=", 0)
    .where("attempts.stop", "is", null)
    .orderBy("runs.seq");
  if (target !== undefined) select = select.where("jobs.target", "=", target);
  const rows = await select.execute();
  return rows.map((row) => ({
    attempt: row.id,
    run: row.run_id,
    target: row.target,
    reason: row.queue_reason,
  }));
}
