// Which runs belong together: a run's line of parents, and the runs below it.
import { prepared } from "./prepared.ts";
import type { Db } from "./store.ts";

export interface RunInLine {
  id: string;
  /** The job whose token made it. */
  ofJob: string | null;
}

/** Deeper than people nest runs; it also ends the walk where parents were made to go round in a ring. */
const deepest = 32;

const lineOf = prepared<{ id: string; job_run_id: string | null }>(
  `with recursive line (id, parent_id, job_run_id, depth) as (
     select id, parent_id, job_run_id, 0 from runs where id = ?
     union all
     select runs.id, runs.parent_id, runs.job_run_id, line.depth + 1
     from line join runs on runs.id = line.parent_id where line.depth < ${deepest}
   ) select id, job_run_id from line order by depth`,
);

/** The run itself, its parent, that one's parent, and so on; empty when there is no such run. */
export async function readLine(db: Db, run: string): Promise<RunInLine[]> {
  return (await lineOf(db, run)).map((row) => ({ id: row.id, ofJob: row.job_run_id }));
}

export interface ChildRun {
  seq: number;
  id: string;
  state: string;
  createdAt: number;
}

/** The children of a run, newest first; `beforeSeq` goes on from a page before. */
export async function readChildren(
  db: Db,
  run: string,
  { limit, beforeSeq }: { limit: number; beforeSeq: number | undefined },
): Promise<ChildRun[]> {
  let select = db
    .selectFrom("runs")
    .select(["seq", "id", "state", "created_at as createdAt"])
    .where("parent_id", "=", run)
    .orderBy("seq", "desc")
    .limit(limit);
  if (beforeSeq !== undefined) select = select.where("seq", "<", beforeSeq);
  return select.execute();
}

/** How many of the jobs that a job submitted have not ended. */
export async function countOpenJobsOf(db: Db, job: string): Promise<number> {
  const row = await db
    .selectFrom("runs")
    .innerJoin("jobs", "jobs.run_id", "runs.id")
    .select((of) => of.fn.countAll<number>().as("jobs"))
    .where("runs.job_run_id", "=", job)
    .where("runs.ended_at", "is", null)
    .executeTakeFirst();
  return row?.jobs ?? 0;
}
