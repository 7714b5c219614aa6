// Datastores, and their secrets: sealed texts that this room cannot read.
import type { Datastore, DatastoreType } from "../core/datastore.ts";
import type { Db } from "./store.ts";

const columns = ["name", "type", "settings", "is_default", "description", "tags", "created_at"] as const;
const selectDatastores = (db: Db) => db.selectFrom("datastores").select(columns).orderBy("name");
type SelectedDatastore = Awaited<ReturnType<ReturnType<typeof selectDatastores>["executeTakeFirstOrThrow"]>>;

const datastoreOf = (row: SelectedDatastore, credentialNames: string[]): Datastore => ({
  name: row.name,
  type: row.type as DatastoreType,
  settings: JSON.parse(row.settings) as Record<string, string>,
  credentialNames,
  isDefault: row.is_default === 1,
  description: row.description,
  tags: JSON.parse(row.tags) as Record<string, string>,
  createdAt: row.created_at,
});

export async function listDatastores(db: Db): Promise<Datastore[]> {
  const rows = await selectDatastores(db).execute();
  const secrets = await db
    .selectFrom("datastore_secrets")
    .select(["datastore", "name"])
    .orderBy("name")
    .execute();
  return rows.map((row) =>
    datastoreOf(
      row,
      secrets.flatMap(({ datastore, name }) => (datastore === row.name ? [name] : [])),
    ),
  );
}

export async function findDatastore(db: Db, name: string): Promise<Datastore | undefined> {
  const row = await selectDatastores(db).where("name", "=", name).executeTakeFirst();
  return row && datastoreOf(row, Object.keys(await readSealedSecrets(db, name)));
}

/** Stores a datastore, new or changed, but neither its secrets nor whether it is the default. */
export async function saveDatastore(
  tx: Db,
  datastore: Omit<Datastore, "credentialNames" | "isDefault">,
): Promise<void> {
  const changeable = {
    settings: JSON.stringify(datastore.settings),
    description: datastore.description,
    tags: JSON.stringify(datastore.tags),
  };
  await tx
    .insertInto("datastores")
    .values({
      name: datastore.name,
      type: datastore.type,
      created_at: datastore.createdAt,
      ...changeable,
    })
    .onConflict((conflict) => conflict.column("name").doUpdateSet(changeable))
    .execute();
}

export async function makeDefaultDatastore(tx: Db, name: string): Promise<void> {
  await tx.updateTable("datastores").set({ is_default: 0 }).where("is_default", "=", 1).execute();
  await tx.updateTable("datastores").set({ is_default: 1 }).where("name", "=", name).execute();
}

export async function hasDefaultDatastore(db: Db): Promise<boolean> {
  const row = await db.selectFrom("datastores").select("name").where("is_default", "=", 1).executeTakeFirst();
  return row !== undefined;
}

export async function deleteDatastore(tx: Db, name: string): Promise<boolean> {
  await tx.deleteFrom("datastore_secrets").where("datastore", "=", name).execute();
  const { numDeletedRows } = await tx.deleteFrom("datastores").where("name", "=", name).executeTakeFirst();
  return numDeletedRows === 1n;
}

/** Sets these; the others stay as they are. */
export async function saveSealedSecrets(
  tx: Db,
  datastore: string,
  secrets: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [name, sealed] of Object.entries(secrets)) {
    await tx
      .insertInto("datastore_secrets")
      .values({ datastore, name, sealed })
      .onConflict((conflict) => conflict.columns(["datastore", "name"]).doUpdateSet({ sealed }))
      .execute();
  }
}

export async function readSealedSecrets(db: Db, datastore: string): Promise<Record<string, string>> {
  const rows = await db
    .selectFrom("datastore_secrets")
    .select(["name", "sealed"])
    .where("datastore", "=", datastore)
    .orderBy("name")
    .execute();
  return Object.fromEntries(rows.map((row) => [row.name, row.sealed]));
}
