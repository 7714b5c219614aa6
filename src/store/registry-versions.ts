// Versions of registered models as MLflow sees them: assets of kind model whose version is a number.
import { sql } from "kysely";
import type { RawBuilder } from "kysely";
import type { AssetContent } from "../core/asset.ts";
import { readAliases } from "./registry-models.ts";
import type { Db } from "./store.ts";

export const modelStages = ["None", "Staging", "Production", "Archived"] as const;
export type ModelStage = (typeof modelStages)[number];

export interface ModelVersion {
  seq: number;
  name: string;
  version: string;
  content: AssetContent;
  description: string;
  tags: Record<string, string>;
  stage: ModelStage;
  source: string;
  runLink: string;
  modelId: string | null;
  statusMessage: string | null;
  run: string | null;
  createdBy: string;
  aliases: string[];
  createdAt: number;
  updatedAt: number;
}

/** MLflow's stage of an asset `a`: archived is one of its stages, and it knows no Development. */
export const stageColumn: RawBuilder<ModelStage> = sql`case when a.archived = 1 then 'Archived'
  when a.stage in ('Staging', 'Production') then a.stage else 'None' end`;
/** Where the files of an asset `a` come from, beside its row `s` of model_sources: what was said, else where they are. */
export const sourceColumn: RawBuilder<string> = sql`coalesce(s.source,
  case json_extract(a.content, '$.source.kind') when 'uri' then json_extract(a.content, '$.source.uri')
  when 'datastore' then 'azureml://datastores/' || json_extract(a.content, '$.source.datastore')
    || '/paths/' || json_extract(a.content, '$.source.path')
  else 'mlflow-artifacts:/registered-models/' || a.seq end)`;

/** In the order of the sequence numbers. */
export async function readModelVersions(db: Db, seqs: readonly number[]): Promise<ModelVersion[]> {
  if (seqs.length === 0) return [];
  const { rows } = await sql<{
    seq: number;
    name: string;
    version: string;
    content: string;
    description: string;
    tags: string;
    stage: ModelStage;
    source: string;
    run_link: string | null;
    model_id: string | null;
    status_message: string | null;
    run_id: string | null;
    created_by: string;
    created_at: number;
    updated_at: number;
  }>`select a.seq, a.name, a.version, a.content, a.description, a.tags, ${stageColumn} as stage,
      ${sourceColumn} as source, s.run_link, s.model_id, s.status_message, a.run_id, a.created_by,
      a.created_at, a.updated_at
    from assets a left join model_sources s on s.name = a.name and s.version = a.version
    where a.seq in (select value from json_each(${JSON.stringify(seqs)}))`.execute(db);
  const aliases = await readAliases(db, [...new Set(rows.map((row) => row.name))]);
  const byVersion = new Map<string, string[]>();
  for (const [name, pointers] of aliases) {
    for (const { alias, version } of pointers) {
      const key = `${name}:${version}`;
      byVersion.set(key, [...(byVersion.get(key) ?? []), alias]);
    }
  }
  const found = new Map(
    rows.map((row) => [
      row.seq,
      {
        seq: row.seq,
        name: row.name,
        version: row.version,
        content: JSON.parse(row.content) as AssetContent,
        description: row.description,
        tags: JSON.parse(row.tags) as Record<string, string>,
        stage: row.stage,
        source: row.source,
        runLink: row.run_link ?? "",
        modelId: row.model_id,
        statusMessage: row.status_message,
        run: row.run_id,
        createdBy: row.created_by,
        aliases: byVersion.get(`${row.name}:${row.version}`) ?? [],
        createdAt: row.created_at,
        updatedAt: row.updated_at,
      },
    ]),
  );
  return seqs.flatMap((seq) => found.get(seq) ?? []);
}

export async function findModelVersion(
  db: Db,
  by: { name: string; version: string } | { seq: number },
): Promise<ModelVersion | undefined> {
  const select = db.selectFrom("assets").select("seq").where("kind", "=", "model");
  const row = await (
    "seq" in by
      ? select.where("seq", "=", by.seq)
      : select.where("name", "=", by.name).where("version", "=", by.version)
  ).executeTakeFirst();
  return row && (await readModelVersions(db, [row.seq]))[0];
}

/** The newest version of each stage that these models have versions in. */
export async function latestOfStages(db: Db, names: readonly string[]): Promise<Map<string, ModelVersion[]>> {
  // One look into the index for each name and stage, however many versions a name has.
  const { rows } = await sql<{ seq: number }>`
    select a.seq from json_each(${JSON.stringify(names)}) n
    cross join (select 1 as archived, null as stage union all
      values (0, 'Production'), (0, 'Staging'), (0, 'Development'), (0, null)) p
    cross join assets a on a.kind = 'model' and a.name = n.value and a.archived = p.archived
      and a.stage is p.stage and a.number = (select max(b.number) from assets b
        where b.kind = 'model' and b.name = n.value and b.archived = p.archived and b.stage is p.stage)
    order by a.name, a.number`.execute(db);
  const versions = await readModelVersions(
    db,
    rows.map(({ seq }) => seq),
  );
  const found = Map.groupBy(versions, ({ name }) => name);
  for (const [name, of] of found) {
    // To MLflow, versions in Development are in no stage: the later of the two is its newest.
    found.set(
      name,
      of.filter((one, index) => !of.some(({ stage }, other) => other > index && stage === one.stage)),
    );
  }
  return found;
}

export interface ModelSource {
  name: string;
  version: string;
  source: string;
  runLink: string;
  modelId: string | null;
  statusMessage: string | null;
}

export async function saveModelSource(tx: Db, source: ModelSource): Promise<void> {
  await tx
    .insertInto("model_sources")
    .values({
      name: source.name,
      version: source.version,
      source: source.source,
      run_link: source.runLink,
      model_id: source.modelId,
      status_message: source.statusMessage,
    })
    .execute();
}

/** The versions that were registered from a logged model. */
export const registrationsOf = (db: Db, modelId: string): Promise<{ name: string; version: string }[]> =>
  db
    .selectFrom("model_sources")
    .select(["name", "version"])
    .where("model_id", "=", modelId)
    .orderBy("name")
    .orderBy("version")
    .execute();

/** Takes the other versions out of a stage: into the archive, or to no stage. */
export async function emptyStage(
  tx: Db,
  { name, version, stage, at }: { name: string; version: string; stage: string; at: number },
  into: "archive" | "none",
): Promise<void> {
  await tx
    .updateTable("assets")
    .set({ stage: null, updated_at: at, ...(into === "archive" && { archived: 1 }) })
    .where("kind", "=", "model")
    .where("name", "=", name)
    .where("stage", "=", stage)
    .where("version", "<>", version)
    .execute();
}

/** The logged model of this name that a run has made, the newest of several. */
export async function findModelOfRun(db: Db, run: string, name: string): Promise<string | undefined> {
  const row = await db
    .selectFrom("logged_models")
    .select("id")
    .where("source_run_id", "=", run)
    .where("name", "=", name)
    .where("deleted", "=", 0)
    .orderBy("created_at", "desc")
    .limit(1)
    .executeTakeFirst();
  return row?.id;
}
