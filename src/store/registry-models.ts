// Registered models: what is said of a name that has, or will have, versions of kind model.
import type { Db } from "./store.ts";

export interface RegisteredModel {
  name: string;
  description: string;
  tags: Record<string, string>;
  /** The job that made it with its token. */
  ofJob: string | null;
  createdAt: number;
  updatedAt: number;
}

const columns = ["name", "description", "tags", "job_run_id", "created_at", "updated_at"] as const;

/** In the order of the names; a name that is not registered is left out. */
export async function readRegisteredModels(db: Db, names: readonly string[]): Promise<RegisteredModel[]> {
  if (names.length === 0) return [];
  const rows = await db.selectFrom("registered_models").select(columns).where("name", "in", names).execute();
  const found = new Map(
    rows.map((row) => [
      row.name,
      {
        name: row.name,
        description: row.description,
        tags: JSON.parse(row.tags) as Record<string, string>,
        ofJob: row.job_run_id,
        createdAt: row.created_at,
        updatedAt: row.updated_at,
      },
    ]),
  );
  return names.flatMap((name) => found.get(name) ?? []);
}

export const findRegisteredModel = async (db: Db, name: string): Promise<RegisteredModel | undefined> =>
  (await readRegisteredModels(db, [name]))[0];

export async function insertRegisteredModel(
  tx: Db,
  model: Omit<RegisteredModel, "updatedAt">,
): Promise<void> {
  await tx
    .insertInto("registered_models")
    .values({
      name: model.name,
      description: model.description,
      tags: JSON.stringify(model.tags),
      job_run_id: model.ofJob,
      created_at: model.createdAt,
      updated_at: model.createdAt,
    })
    .execute();
}

/** A version came or went. The first one makes the model. */
export async function noteModelVersion(tx: Db, name: string, at: number): Promise<void> {
  await tx
    .insertInto("registered_models")
    .values({ name, description: "", tags: "{}", job_run_id: null, created_at: at, updated_at: at })
    .onConflict((conflict) => conflict.column("name").doUpdateSet({ updated_at: at }))
    .execute();
}

export async function describeRegisteredModel(
  tx: Db,
  name: string,
  words: { description?: string; tags?: Record<string, string>; at?: number },
): Promise<void> {
  const changes = {
    ...(words.description !== undefined && { description: words.description }),
    ...(words.tags !== undefined && { tags: JSON.stringify(words.tags) }),
    ...(words.at !== undefined && { updated_at: words.at }),
  };
  await tx.updateTable("registered_models").set(changes).where("name", "=", name).execute();
}

/** Its versions, their labels, their numbers ever given, and what runs used of it go along. */
export async function renameRegisteredModel(tx: Db, from: string, to: string, at: number): Promise<void> {
  await tx
    .updateTable("registered_models")
    .set({ name: to, updated_at: at })
    .where("name", "=", from)
    .execute();
  await tx.updateTable("model_sources").set({ name: to }).where("name", "=", from).execute();
  for (const table of ["assets", "asset_versions", "asset_labels", "run_assets"] as const) {
    await tx
      .updateTable(table)
      .set({ name: to })
      .where("kind", "=", "model")
      .where("name", "=", from)
      .execute();
  }
}

/** Forgets the numbers that were given too: the name may begin anew. What runs used is remembered. */
export async function deleteRegisteredModel(tx: Db, name: string): Promise<void> {
  await tx.deleteFrom("registered_models").where("name", "=", name).execute();
  await tx.deleteFrom("model_sources").where("name", "=", name).execute();
  for (const table of ["assets", "asset_versions", "asset_labels"] as const) {
    await tx.deleteFrom(table).where("kind", "=", "model").where("name", "=", name).execute();
  }
}

/** Which version each label of these models points at. */
export async function readAliases(
  db: Db,
  names: readonly string[],
): Promise<Map<string, { alias: string; version: string }[]>> {
  const found = new Map<string, { alias: string; version: string }[]>();
  if (names.length === 0) return found;
  const rows = await db
    .selectFrom("asset_labels")
    .select(["name", "label", "version"])
    .where("kind", "=", "model")
    .where("name", "in", names)
    .orderBy("label")
    .execute();
  for (const { name, label, version } of rows) {
    const aliases = found.get(name) ?? [];
    aliases.push({ alias: label, version });
    found.set(name, aliases);
  }
  return found;
}
