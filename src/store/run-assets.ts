// Which versions a run read and made. The rows stay when the asset is deleted.
import type { AssetKind } from "../core/asset.ts";
import type { AssetKey } from "./assets.ts";
import { compiled } from "./prepared.ts";
import type { Db } from "./store.ts";

export const assetRoles = ["input", "environment", "code", "output"] as const;
export type AssetRole = (typeof assetRoles)[number];

export interface RunAsset extends AssetKey {
  role: AssetRole;
  /** The input's or output's name; for the others the role itself. */
  usedAs: string;
}

export async function addRunAsset(tx: Db, run: string, asset: RunAsset): Promise<void> {
  await tx
    .insertInto("run_assets")
    .values({
      run_id: run,
      role: asset.role,
      used_as: asset.usedAs,
      kind: asset.kind,
      name: asset.name,
      version: asset.version,
    })
    .execute();
}

/** What one run read, another reads as well. */
export async function copyRunAssets(tx: Db, from: string, to: string): Promise<void> {
  for (const asset of await listRunAssets(tx, from)) {
    if (asset.role !== "output") await addRunAsset(tx, to, asset);
  }
}

const assetsOf = compiled((db, { run }: { run: string }) =>
  db
    .selectFrom("run_assets")
    .select(["role", "used_as", "kind", "name", "version"])
    .where("run_id", "=", run)
    .orderBy("role")
    .orderBy("used_as"),
);

export async function listRunAssets(db: Db, run: string): Promise<RunAsset[]> {
  return (await assetsOf(db, { run })).map((row) => ({
    role: row.role as AssetRole,
    usedAs: row.used_as,
    kind: row.kind as AssetKind,
    name: row.name,
    version: row.version,
  }));
}

/** The runs that read a version, newest first. Of a model whose name has begun anew, only those since then. */
export async function runsThatUsed(
  db: Db,
  key: AssetKey,
  limit: number,
): Promise<{ run: string; experiment: string; as: string }[]> {
  const begun = await db
    .selectFrom("registered_models")
    .select("created_at")
    .where("name", "=", key.kind === "model" ? key.name : "")
    .executeTakeFirst();
  return db
    .selectFrom("run_assets")
    .innerJoin("runs", "runs.id", "run_assets.run_id")
    .innerJoin("experiments", "experiments.id", "runs.experiment_id")
    .select(["runs.id as run", "experiments.name as experiment", "run_assets.used_as as as"])
    .where("run_assets.kind", "=", key.kind)
    .where("run_assets.name", "=", key.name)
    .where("run_assets.version", "=", key.version)
    .where("run_assets.role", "<>", "output")
    .where("runs.created_at", ">=", begun?.created_at ?? 0)
    .orderBy("runs.seq", "desc")
    .orderBy("run_assets.used_as")
    .limit(limit)
    .execute();
}
