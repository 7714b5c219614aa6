// Workspaces and experiments. An experiment comes into being with the first run that names it.
import type { Db } from "./store.ts";

export async function ensureWorkspace(
  tx: Db,
  workspace: { id: string; name: string; createdAt: number },
): Promise<void> {
  const known = await tx.selectFrom("workspaces").select("id").executeTakeFirst();
  if (known) return;
  await tx
    .insertInto("workspaces")
    .values({ id: workspace.id, name: workspace.name, created_at: workspace.createdAt })
    .execute();
}

export async function readWorkspace(
  db: Db,
): Promise<{ id: string; name: string; createdAt: number; runs: number }> {
  const row = await db
    .selectFrom("workspaces")
    .select(["id", "name", "created_at"])
    .executeTakeFirstOrThrow();
  const counted = await db
    .selectFrom("runs")
    .select((of) => of.fn.countAll<number>().as("runs"))
    .executeTakeFirstOrThrow();
  return { id: row.id, name: row.name, createdAt: row.created_at, runs: counted.runs };
}

/** The id of the experiment with this name; made with `newId` when there is none. */
export async function ensureExperiment(tx: Db, name: string, newId: string, at: number): Promise<string> {
  const known = await tx.selectFrom("experiments").select("id").where("name", "=", name).executeTakeFirst();
  if (known) return known.id;
  await tx.insertInto("experiments").values({ id: newId, name, created_at: at }).execute();
  return newId;
}

export async function listExperiments(db: Db): Promise<{ name: string; createdAt: number; runs: number }[]> {
  const rows = await db
    .selectFrom("experiments")
    .leftJoin("runs", "runs.experiment_id", "experiments.id")
    .select(["experiments.name", "experiments.created_at"])
    .select((of) => of.fn.count<number>("runs.seq").as("runs"))
    .groupBy("experiments.id")
    .orderBy("experiments.name")
    .execute();
  return rows.map((row) => ({ name: row.name, createdAt: row.created_at, runs: row.runs }));
}
