// Logged models: what MLflow 3's clients store beside a run. Their files are artifacts under the model's id.
import { nextPosition } from "./next-position.ts";
import type { Db } from "./store.ts";

export interface LoggedModel {
  id: string;
  experimentId: string;
  artifactLocation: string;
  name: string;
  modelType: string | null;
  sourceRun: string | null;
  ofJob: string | null;
  status: string;
  createdAt: number;
  updatedAt: number;
}

const selectModels = (db: Db) =>
  db
    .selectFrom("logged_models")
    .innerJoin("experiments", "experiments.id", "logged_models.experiment_id")
    .select([
      "logged_models.id",
      "logged_models.experiment_id",
      "experiments.artifact_location",
      "logged_models.name",
      "logged_models.model_type",
      "logged_models.source_run_id",
      "logged_models.job_run_id",
      "logged_models.status",
      "logged_models.created_at",
      "logged_models.updated_at",
    ])
    .where("logged_models.deleted", "=", 0);
type SelectedModel = Awaited<ReturnType<ReturnType<typeof selectModels>["executeTakeFirstOrThrow"]>>;

const modelOf = (row: SelectedModel): LoggedModel => ({
  id: row.id,
  experimentId: row.experiment_id,
  artifactLocation: row.artifact_location,
  name: row.name,
  modelType: row.model_type,
  sourceRun: row.source_run_id,
  ofJob: row.job_run_id,
  status: row.status,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

export async function findLoggedModel(db: Db, id: string): Promise<LoggedModel | undefined> {
  const row = await selectModels(db).where("logged_models.id", "=", id).executeTakeFirst();
  return row && modelOf(row);
}

export async function readLoggedModels(db: Db, ids: readonly string[]): Promise<LoggedModel[]> {
  const rows = ids.length === 0 ? [] : await selectModels(db).where("logged_models.id", "in", ids).execute();
  const found = new Map(rows.map((row) => [row.id, modelOf(row)]));
  return ids.flatMap((id) => found.get(id) ?? []);
}

export async function insertLoggedModel(
  tx: Db,
  model: Omit<LoggedModel, "artifactLocation" | "updatedAt">,
): Promise<void> {
  await tx
    .insertInto("logged_models")
    .values({
      id: model.id,
      experiment_id: model.experimentId,
      name: model.name,
      model_type: model.modelType,
      source_run_id: model.sourceRun,
      job_run_id: model.ofJob,
      status: model.status,
      status_message: null,
      created_at: model.createdAt,
      updated_at: model.createdAt,
    })
    .execute();
}

export async function changeLoggedModel(
  tx: Db,
  id: string,
  change: { status?: string; deleted?: boolean; at: number },
): Promise<void> {
  await tx
    .updateTable("logged_models")
    .set({
      updated_at: change.at,
      ...(change.status !== undefined && { status: change.status }),
      ...(change.deleted && { deleted: 1 }),
    })
    .where("id", "=", id)
    .execute();
}

export type ModelLabelKind = "param" | "tag";

export async function setModelLabels(
  tx: Db,
  model: string,
  kind: ModelLabelKind,
  labels: readonly { key: string; value: string }[],
): Promise<void> {
  for (const { key, value } of labels) {
    await tx
      .insertInto("logged_model_labels")
      .values({ model_id: model, kind, key, value })
      .onConflict((conflict) => conflict.columns(["model_id", "kind", "key"]).doUpdateSet({ value }))
      .execute();
  }
}

export async function removeModelTag(tx: Db, model: string, key: string): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom("logged_model_labels")
    .where("model_id", "=", model)
    .where("kind", "=", "tag")
    .where("key", "=", key)
    .executeTakeFirst();
  return numDeletedRows === 1n;
}

export async function readModelLabels(
  db: Db,
  model: string,
): Promise<{ kind: string; key: string; value: string }[]> {
  return db
    .selectFrom("logged_model_labels")
    .select(["kind", "key", "value"])
    .where("model_id", "=", model)
    .orderBy("key")
    .execute();
}

export interface ModelMetric {
  run: string;
  name: string;
  datasetName: string;
  datasetDigest: string;
  value: number;
  step: number;
  at: number;
}

/** Keeps the point when none that is known is later. */
export async function saveModelMetric(tx: Db, model: string, metric: ModelMetric): Promise<void> {
  const value = Number.isNaN(metric.value) ? null : metric.value;
  await tx
    .insertInto("logged_model_metrics")
    .values({
      model_id: model,
      run_id: metric.run,
      name: metric.name,
      dataset_name: metric.datasetName,
      dataset_digest: metric.datasetDigest,
      value,
      step: metric.step,
      at: metric.at,
    })
    .onConflict((conflict) =>
      conflict
        .columns(["model_id", "name", "dataset_name", "dataset_digest", "run_id"])
        .doUpdateSet({ value, step: metric.step, at: metric.at })
        .where((of) =>
          of.or([
            of("logged_model_metrics.step", "<", metric.step),
            of.and([
              of("logged_model_metrics.step", "=", metric.step),
              of("logged_model_metrics.at", "<=", metric.at),
            ]),
          ]),
        ),
    )
    .execute();
}

export async function readModelMetrics(db: Db, model: string): Promise<ModelMetric[]> {
  const rows = await db
    .selectFrom("logged_model_metrics")
    .select(["run_id", "name", "dataset_name", "dataset_digest", "value", "step", "at"])
    .where("model_id", "=", model)
    .execute();
  return rows.map((row) => ({
    run: row.run_id,
    name: row.name,
    datasetName: row.dataset_name,
    datasetDigest: row.dataset_digest,
    value: row.value ?? Number.NaN,
    step: row.step,
    at: row.at,
  }));
}

/** Says that a run read or made these models; what was said before stays. */
export async function linkModels(
  tx: Db,
  run: string,
  role: "input" | "output",
  models: readonly { id: string; step: number }[],
): Promise<void> {
  if (models.length === 0) return;
  const next = await nextPosition(tx, "run_models", run);
  for (const [index, { id, step }] of models.entries()) {
    await tx
      .insertInto("run_models")
      .values({ run_id: run, role, model_id: id, step, position: next + index })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

export async function readLinkedModels(
  db: Db,
  runs: readonly string[],
): Promise<{ run: string; role: string; model: string; step: number }[]> {
  if (runs.length === 0) return [];
  const rows = await db
    .selectFrom("run_models")
    .select(["run_id", "role", "model_id", "step"])
    .where("run_id", "in", runs)
    .orderBy("position")
    .orderBy("model_id")
    .execute();
  return rows.map((row) => ({ run: row.run_id, role: row.role, model: row.model_id, step: row.step }));
}
