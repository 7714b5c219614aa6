// Which snapshots are complete. Their manifests and files are blobs.
import type { Db } from "./store.ts";

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
    })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .execute();
}

export async function hasSnapshot(db: Db, id: string): Promise<boolean> {
  const row = await db.selectFrom("snapshots").select("id").where("id", "=", id).executeTakeFirst();
  return row !== undefined;
}
