// Which snapshots are complete. Their manifests and files are blobs.
import type { Db, Store } from "./store.ts";

/** How much the noted time of use may lag behind, so that not every look at a snapshot is a write. */
const useLagMs = 60_000;

export async function saveSnapshot(
  tx: Db,
  snapshot: { id: string; fileCount: number; sizeBytes: number; at: number },
): Promise<void> {
  await tx
    .insertInto("snapshots")
    .values({
      id: snapshot.id,
      file_count: snapshot.fileCount,
      size_bytes: snapshot.sizeBytes,
      created_at: snapshot.at,
      used_at: snapshot.at,
    })
    .onConflict((conflict) => conflict.column("id").doUpdateSet({ used_at: snapshot.at }))
    .execute();
}

export async function hasSnapshot(db: Db, id: string): Promise<boolean> {
  return (await usedAt(db, id)) !== undefined;
}

/** Whether it is there; who hears yes may go on to name it, so it stays for some time. */
export async function useSnapshot(store: Store, id: string, at: number): Promise<boolean> {
  const noted = await usedAt(store.db, id);
  if (noted === undefined) return false;
  if (noted > at - useLagMs) return true;
  const { numUpdatedRows } = await store.write((tx) =>
    tx.updateTable("snapshots").set({ used_at: at }).where("id", "=", id).executeTakeFirst(),
  );
  return numUpdatedRows > 0n;
}

async function usedAt(db: Db, id: string): Promise<number | undefined> {
  const row = await db.selectFrom("snapshots").select("used_at").where("id", "=", id).executeTakeFirst();
  return row?.used_at;
}

/** In pages, by id. */
export async function listSnapshots(
  db: Db,
  after: string,
  limit: number,
): Promise<{ id: string; usedAt: number }[]> {
  const rows = await db
    .selectFrom("snapshots")
    .select(["id", "used_at"])
    .where("id", ">", after)
    .orderBy("id")
    .limit(limit)
    .execute();
  return rows.map((row) => ({ id: row.id, usedAt: row.used_at }));
}

/** Unless they were used since. Their bytes are another matter. */
export async function forgetSnapshots(tx: Db, ids: readonly string[], unusedSince: number): Promise<void> {
  for (let at = 0; at < ids.length; at += 500) {
    const some = ids.slice(at, at + 500);
    await tx.deleteFrom("snapshots").where("id", "in", some).where("used_at", "<", unusedSince).execute();
  }
}
