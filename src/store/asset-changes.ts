// What may change about an asset's version after it was made: what is said of it, its labels, whether it is there.
import type { Stage } from "../core/asset.ts";
import type { AssetKey } from "./assets.ts";
import type { Db } from "./store.ts";

export interface AssetWords {
  description?: string | undefined;
  tags?: Record<string, string> | undefined;
  properties?: Record<string, string> | undefined;
  archived?: boolean | undefined;
  /** Of a model; null: none. */
  stage?: Stage | null | undefined;
}

/** An archived version is in no stage. */
export async function describeAsset(tx: Db, key: AssetKey, words: AssetWords, at?: number): Promise<void> {
  const changes = {
    ...(words.description !== undefined && { description: words.description }),
    ...(words.tags !== undefined && { tags: JSON.stringify(words.tags) }),
    ...(words.properties !== undefined && { properties: JSON.stringify(words.properties) }),
    ...(words.stage !== undefined && { stage: words.stage, archived: 0 }),
    ...(words.archived !== undefined && { archived: words.archived ? 1 : 0 }),
    ...(words.archived && { stage: null }),
  };
  if (Object.keys(changes).length === 0) return;
  await tx
    .updateTable("assets")
    .set({ ...changes, ...(at !== undefined && { updated_at: at }) })
    .where("kind", "=", key.kind)
    .where("name", "=", key.name)
    .where("version", "=", key.version)
    .execute();
}

/** Points the label at this version, from wherever it pointed before. */
export async function addAssetLabel(tx: Db, key: AssetKey, label: string): Promise<void> {
  await tx
    .insertInto("asset_labels")
    .values({ ...key, label })
    .onConflict((conflict) =>
      conflict.columns(["kind", "name", "label"]).doUpdateSet({ version: key.version }),
    )
    .execute();
}

/** Removes the label if it points at this version. */
export async function removeAssetLabel(tx: Db, key: AssetKey, label: string): Promise<void> {
  await labelsOf(tx, key).where("label", "=", label).execute();
}

/** False when there is no such version. What runs used is remembered, and so is that the version was given. */
export async function deleteAsset(tx: Db, key: AssetKey): Promise<boolean> {
  await labelsOf(tx, key).execute();
  if (key.kind === "model") {
    const { name, version } = key;
    await tx.deleteFrom("model_sources").where("name", "=", name).where("version", "=", version).execute();
  }
  const { numDeletedRows } = await tx
    .deleteFrom("assets")
    .where("kind", "=", key.kind)
    .where("name", "=", key.name)
    .where("version", "=", key.version)
    .executeTakeFirst();
  return numDeletedRows === 1n;
}

const labelsOf = (tx: Db, key: AssetKey) =>
  tx
    .deleteFrom("asset_labels")
    .where("kind", "=", key.kind)
    .where("name", "=", key.name)
    .where("version", "=", key.version);
