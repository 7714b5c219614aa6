// What a run is to a job whose token asks for it. Parents count as they were given when a run was made; tags do not.
import { readLine } from "../../store/run-family.ts";
import type { Db } from "../../store/store.ts";

/**
 * `own`: the job's run, what it started or submitted, and what lies below. `ancestor`: the run that it belongs to, and
 * that one's parents. `relative`: another run below one of them.
 */
export type Kinship = "own" | "ancestor" | "relative";

/** What may be done to a run of each kind; whoever may more may less. */
export type RunAct = "read" | "add" | "change";

const reaches: Record<Kinship, readonly RunAct[]> = {
  own: ["read", "add", "change"],
  ancestor: ["read", "add"],
  relative: ["read"],
};

/** Undefined for a stranger's run, and for one that is not there. */
export async function kinshipOf(db: Db, job: string, run: string): Promise<Kinship | undefined> {
  if (run === job) return "own";
  const line = await readLine(db, run);
  if (line.some(({ id, ofJob }) => id === job || ofJob === job)) return "own";
  const above = await readLine(db, job);
  if (above.some(({ id }) => id === run)) return "ancestor";
  return above.slice(1).some(({ id }) => line.some((one) => one.id === id)) ? "relative" : undefined;
}

export async function jobReaches(db: Db, job: string, run: string, act: RunAct): Promise<boolean> {
  const kinship = await kinshipOf(db, job, run);
  return kinship !== undefined && reaches[kinship].includes(act);
}
