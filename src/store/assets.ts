// Assets: versions of named things. What a version holds never changes; what is said of it may.
import { sql } from "kysely";
import { latestLabel, stageNamed } from "../core/asset.ts";
import type { AssetContent, AssetKind, AssetVersion } from "../core/asset.ts";
import { noteModelVersion } from "./registry-models.ts";
import type { Db } from "./store.ts";

const columns = [
  "seq",
  "kind",
  "name",
  "version",
  "content",
  "description",
  "tags",
  "properties",
  "archived",
  "run_id",
  "created_by",
  "created_at",
  "stage",
] as const;

const selectAssets = (db: Db, kind: AssetKind) =>
  db.selectFrom("assets").select(columns).where("kind", "=", kind);
type SelectedAsset = Awaited<ReturnType<ReturnType<typeof selectAssets>["executeTakeFirstOrThrow"]>>;

const assetOf = (row: SelectedAsset, labels: string[]): AssetVersion => ({
  kind: row.kind as AssetKind,
  name: row.name,
  version: row.version,
  content: JSON.parse(row.content) as AssetContent,
  description: row.description,
  tags: JSON.parse(row.tags) as Record<string, string>,
  properties: JSON.parse(row.properties) as Record<string, string>,
  labels,
  archived: row.archived === 1,
  run: row.run_id,
  createdBy: row.created_by,
  createdAt: row.created_at,
});

export interface NewAsset {
  kind: AssetKind;
  name: string;
  /** Undefined: the next whole number. */
  version: string | undefined;
  content: AssetContent;
  /** The same text for the same content, whatever the order of its keys. */
  contentKey: string;
  description: string;
  tags: Record<string, string>;
  properties: Record<string, string>;
  run: string | null;
  createdBy: string;
  at: number;
}

/** `same`: it was there already with this content. `taken`, `deleted`: it means, or meant, another content. */
export type InsertOutcome = "made" | "same" | "taken" | "deleted";

export async function insertAsset(
  tx: Db,
  asset: NewAsset,
): Promise<{ version: string; outcome: InsertOutcome }> {
  const version = asset.version ?? (await nextVersion(tx, asset.kind, asset.name));
  const key = { kind: asset.kind, name: asset.name, version };
  const given = await tx
    .selectFrom("asset_versions")
    .select("content")
    .where("kind", "=", key.kind)
    .where("name", "=", key.name)
    .where("version", "=", version)
    .executeTakeFirst();
  if (given) {
    const known = await findAssetRow(tx, key);
    if (given.content !== asset.contentKey) return { version, outcome: known ? "taken" : "deleted" };
    if (known) return { version, outcome: "same" };
  } else {
    await tx
      .insertInto("asset_versions")
      .values({ ...key, content: asset.contentKey })
      .execute();
  }
  await tx
    .insertInto("assets")
    .values({
      ...key,
      content: JSON.stringify(asset.content),
      description: asset.description,
      tags: JSON.stringify(asset.tags),
      properties: JSON.stringify(asset.properties),
      run_id: asset.run,
      created_by: asset.createdBy,
      created_at: asset.at,
      updated_at: asset.at,
    })
    .execute();
  if (asset.kind === "model") await noteModelVersion(tx, asset.name, asset.at);
  return { version, outcome: "made" };
}

/** One more than the largest whole number that was ever given, whatever other words there were. */
async function nextVersion(db: Db, kind: AssetKind, name: string): Promise<string> {
  const row = await db
    .selectFrom("asset_versions")
    .select(sql<number | null>`max(cast(version as integer))`.as("largest"))
    .where("kind", "=", kind)
    .where("name", "=", name)
    .where(sql<boolean>`version not glob '*[^0-9]*' and length(version) <= 15`)
    .executeTakeFirst();
  return String((row?.largest ?? 0) + 1);
}

export interface AssetKey {
  kind: AssetKind;
  name: string;
  version: string;
}

const findAssetRow = (db: Db, key: AssetKey) =>
  selectAssets(db, key.kind)
    .where("name", "=", key.name)
    .where("version", "=", key.version)
    .executeTakeFirst();

export async function findAsset(db: Db, key: AssetKey): Promise<AssetVersion | undefined> {
  const row = await findAssetRow(db, key);
  return row && (await describe(db, key.kind, [row]))[0];
}

/** The version that a label points at; `latest` is the newest that is not archived, a stage the newest in it. */
export async function findLabeled(
  db: Db,
  kind: AssetKind,
  name: string,
  label: string,
): Promise<AssetVersion | undefined> {
  if (label === latestLabel) {
    const row = await selectAssets(db, kind)
      .where("name", "=", name)
      .where("archived", "=", 0)
      .orderBy("seq", "desc")
      .limit(1)
      .executeTakeFirst();
    return row && (await describe(db, kind, [row]))[0];
  }
  const pointer = await db
    .selectFrom("asset_labels")
    .select("version")
    .where("kind", "=", kind)
    .where("name", "=", name)
    .where("label", "=", label)
    .executeTakeFirst();
  if (pointer) return findAsset(db, { kind, name, version: pointer.version });
  const stage = kind === "model" ? stageNamed(label) : undefined;
  if (stage === undefined) return undefined;
  const row = await selectAssets(db, kind)
    .where("name", "=", name)
    .where("stage", "=", stage)
    .orderBy("number", "desc")
    .orderBy("seq", "desc")
    .limit(1)
    .executeTakeFirst();
  return row && (await describe(db, kind, [row]))[0];
}

export interface AssetQuery {
  kind: AssetKind;
  /** Every version of this name; undefined: the newest version of each name. */
  name?: string | undefined;
  archived: "exclude" | "include" | "only";
  limit: number;
  /** Only versions made before this one. */
  beforeSeq?: number | undefined;
}

/** Newest first. */
export async function queryAssets(
  db: Db,
  query: AssetQuery,
): Promise<{ assets: AssetVersion[]; lastSeq: number | undefined }> {
  let select = selectAssets(db, query.kind).orderBy("seq", "desc").limit(query.limit);
  const wanted = query.archived === "include" ? [0, 1] : [query.archived === "only" ? 1 : 0];
  if (query.beforeSeq !== undefined) select = select.where("seq", "<", query.beforeSeq);
  if (query.name !== undefined)
    select = select.where("name", "=", query.name).where("archived", "in", wanted);
  else {
    // MLflow's prompts lie in its registry of models, and are none.
    const prompts = db.selectFrom("registered_models").select("name").where("is_prompt", "=", 1);
    if (query.kind === "model") select = select.where("name", "not in", prompts);
    select = select.where("seq", "in", (of) =>
      of
        .selectFrom("assets as newest")
        .select((each) => each.fn.max("newest.seq").as("seq"))
        .where("newest.kind", "=", query.kind)
        .where("newest.archived", "in", wanted)
        .groupBy("newest.name"),
    );
  }
  const rows = await select.execute();
  return { assets: await describe(db, query.kind, rows), lastSeq: rows.at(-1)?.seq };
}

export async function listAssetNames(db: Db, kind: AssetKind): Promise<string[]> {
  const rows = await db
    .selectFrom("assets")
    .select("name")
    .distinct()
    .where("kind", "=", kind)
    .orderBy("name")
    .execute();
  return rows.map((row) => row.name);
}

/** Rows with their labels, `latest` among them. */
async function describe(db: Db, kind: AssetKind, rows: readonly SelectedAsset[]): Promise<AssetVersion[]> {
  if (rows.length === 0) return [];
  const names = [...new Set(rows.map((row) => row.name))];
  const pointers = await db
    .selectFrom("asset_labels")
    .select(["name", "version", "label"])
    .where("kind", "=", kind)
    .where("name", "in", names)
    .orderBy("label")
    .execute();
  const newest = await db
    .selectFrom("assets")
    .select((of) => of.fn.max("seq").as("seq"))
    .where("kind", "=", kind)
    .where("name", "in", names)
    .where("archived", "=", 0)
    .groupBy("name")
    .execute();
  const latest = new Set(newest.map((row) => row.seq));
  return rows.map((row) =>
    assetOf(row, [
      ...(latest.has(row.seq) ? [latestLabel] : []),
      ...pointers.flatMap(({ name, version, label }) =>
        name === row.name && version === row.version && label !== row.stage ? [label] : [],
      ),
      ...(row.stage === null ? [] : [row.stage]),
    ]),
  );
}
