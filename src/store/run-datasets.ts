// The datasets that a run read, as MLflow's clients tell them. What was told first stays.
import { nextPosition } from "./next-position.ts";
import { chunks } from "./tracked-runs.ts";
import type { Db } from "./store.ts";

export interface RunDataset {
  name: string;
  digest: string;
  sourceType: string;
  source: string;
  schema?: string | undefined;
  profile?: string | undefined;
  /** What it was read for: the tag `mlflow.data.context`. */
  context: string | null;
  tags: readonly { key: string; value: string }[];
}

export async function saveDatasets(tx: Db, run: string, datasets: readonly RunDataset[]): Promise<void> {
  if (datasets.length === 0) return;
  const next = await nextPosition(tx, "run_datasets", run);
  for (const [index, dataset] of datasets.entries()) {
    await tx
      .insertInto("run_datasets")
      .values({
        run_id: run,
        name: dataset.name,
        digest: dataset.digest,
        source_type: dataset.sourceType,
        source: dataset.source,
        schema: dataset.schema ?? null,
        profile: dataset.profile ?? null,
        context: dataset.context,
        tags: JSON.stringify(dataset.tags),
        position: next + index,
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

export async function readDatasets(db: Db, runs: readonly string[]): Promise<Map<string, RunDataset[]>> {
  const found = new Map<string, RunDataset[]>();
  for (const some of chunks(runs)) {
    const rows = await db
      .selectFrom("run_datasets")
      .select(["run_id", "name", "digest", "source_type", "source", "schema", "profile", "context", "tags"])
      .where("run_id", "in", some)
      .orderBy("position")
      .orderBy("name")
      .orderBy("digest")
      .execute();
    for (const row of rows) {
      const list = found.get(row.run_id) ?? [];
      list.push({
        name: row.name,
        digest: row.digest,
        sourceType: row.source_type,
        source: row.source,
        schema: row.schema ?? undefined,
        profile: row.profile ?? undefined,
        context: row.context,
        tags: JSON.parse(row.tags) as { key: string; value: string }[],
      });
      found.set(row.run_id, list);
    }
  }
  return found;
}

/** Each dataset of these experiments' runs, once. */
export async function listDatasets(
  db: Db,
  experiments: readonly string[],
): Promise<{ experimentId: string; name: string; digest: string; context: string | null }[]> {
  const rows = await db
    .selectFrom("run_datasets")
    .innerJoin("runs", "runs.id", "run_datasets.run_id")
    .select(["runs.experiment_id", "run_datasets.name", "run_datasets.digest", "run_datasets.context"])
    .distinct()
    .where("runs.experiment_id", "in", experiments)
    .where("runs.archived", "=", 0)
    .limit(1000)
    .execute();
  return rows.map((row) => ({
    experimentId: row.experiment_id,
    name: row.name,
    digest: row.digest,
    context: row.context,
  }));
}
