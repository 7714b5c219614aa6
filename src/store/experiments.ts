// Workspaces and experiments. An experiment comes into being with the first run that names it.
import { prepared } from "./prepared.ts";
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

export interface WorkspaceWords {
  displayName: string;
  description: string;
  tags: Record<string, string>;
}

export interface WorkspaceRow extends WorkspaceWords {
  id: string;
  name: string;
  createdAt: number;
  runs: number;
}

const names = prepared<{ name: string }>("select name from workspaces");

/** Without counting its runs, which takes the longer the more there are. */
export const workspaceName = async (db: Db): Promise<string> => (await names(db))[0]!.name;

export async function readWorkspace(db: Db): Promise<WorkspaceRow> {
  const row = await db.selectFrom("workspaces").selectAll().executeTakeFirstOrThrow();
  const counted = await db
    .selectFrom("runs")
    .select((of) => of.fn.countAll<number>().as("runs"))
    .executeTakeFirstOrThrow();
  return {
    id: row.id,
    name: row.name,
    createdAt: row.created_at,
    displayName: row.display_name,
    description: row.description,
    tags: JSON.parse(row.tags) as Record<string, string>,
    runs: counted.runs,
  };
}

/** Changes what is said of the workspace; a tag with null goes. */
export async function describeWorkspace(
  tx: Db,
  words: {
    displayName?: string | undefined;
    description?: string | undefined;
    tags?: Record<string, string | null> | undefined;
  },
): Promise<void> {
  const present = await readWorkspace(tx);
  const tags = Object.entries({ ...present.tags, ...words.tags }).filter(([, value]) => value !== null);
  await tx
    .updateTable("workspaces")
    .set({
      display_name: words.displayName ?? present.displayName,
      description: words.description ?? present.description,
      tags: JSON.stringify(Object.fromEntries(tags)),
    })
    .execute();
}

const experimentNamed = prepared<{ id: string; archived: number }>(
  "select id, archived from experiments where name = ?",
);

/** The id of the experiment with this name, made when there is none. A deleted one that is used again is back. */
export async function ensureExperiment(tx: Db, name: string, at: number): Promise<string> {
  const [known] = await experimentNamed(tx, name);
  if (!known) return insertExperiment(tx, { name, at });
  if (known.archived === 1) {
    await tx
      .updateTable("experiments")
      .set({ archived: 0, updated_at: at })
      .where("id", "=", known.id)
      .execute();
  }
  return known.id;
}

/** Gives the new experiment the next number as its id. */
export async function insertExperiment(
  tx: Db,
  experiment: { name: string; at: number; artifactLocation?: string },
): Promise<string> {
  const last = await tx
    .selectFrom("experiments")
    .select((of) => of.fn.max("number").as("number"))
    .executeTakeFirst();
  const number = (last?.number ?? 0) + 1;
  await tx
    .insertInto("experiments")
    .values({
      id: String(number),
      name: experiment.name,
      number,
      created_at: experiment.at,
      updated_at: experiment.at,
      artifact_location: experiment.artifactLocation ?? "",
    })
    .execute();
  return String(number);
}

/** Experiment 0, where MLflow's clients log when they are told nothing else. */
export async function ensureDefaultExperiment(tx: Db, at: number): Promise<void> {
  await tx
    .insertInto("experiments")
    .values({ id: "0", name: "Default", number: 0, created_at: at, updated_at: at })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
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
