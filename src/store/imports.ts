// What was taken over from another store: where it came from, and the times and states that only an import may set.
import type { JobState } from "../core/job.ts";
import type { Db } from "./store.ts";

export type ImportKind = "experiment" | "run" | "logged-model" | "registered-model";

export interface ImportKey {
  kind: ImportKind;
  origin: string;
  sourceId: string;
}

/** What the thing is called here. */
export async function findImport(db: Db, key: ImportKey): Promise<string | undefined> {
  const row = await db
    .selectFrom("imports")
    .select("target")
    .where("kind", "=", key.kind)
    .where("origin", "=", key.origin)
    .where("source_id", "=", key.sourceId)
    .executeTakeFirst();
  return row?.target;
}

export async function saveImport(tx: Db, key: ImportKey, target: string): Promise<void> {
  await tx
    .insertInto("imports")
    .values({ kind: key.kind, origin: key.origin, source_id: key.sourceId, target })
    .execute();
}

export async function dateExperiment(
  tx: Db,
  id: string,
  { updatedAt, archived }: { updatedAt: number; archived: boolean },
): Promise<void> {
  await tx
    .updateTable("experiments")
    .set({ updated_at: updatedAt, archived: archived ? 1 : 0 })
    .where("id", "=", id)
    .execute();
}

/** Sets what a client could not: a run that began long ago, for somebody else. It is nobody's job. */
export async function setImportedRun(
  tx: Db,
  id: string,
  run: {
    name: string;
    user: string;
    state: JobState;
    startedAt: number;
    endedAt: number | null;
    parent: string | null;
    archive: boolean;
  },
): Promise<void> {
  await tx
    .updateTable("runs")
    .set({
      display_name: run.name,
      created_by: run.user,
      state: run.state,
      created_at: run.startedAt,
      started_at: run.startedAt,
      ended_at: run.endedAt,
      parent_id: run.parent,
      ...(run.archive && { archived: 1, archived_at: run.endedAt ?? run.startedAt }),
    })
    .where("id", "=", id)
    .execute();
}

export interface StoredSeries {
  name: string;
  at: number[];
  steps: number[];
  values: number[];
}

/** Every series of numbers of a run, one after the other, so that only one is held at a time. */
export async function* readAllSeries(db: Db, runSeq: number): AsyncGenerator<StoredSeries> {
  const series = await db
    .selectFrom("metric_series")
    .select(["id", "name"])
    .where("run_seq", "=", runSeq)
    .where("kind", "=", "scalar")
    .orderBy("name")
    .execute();
  for (const { id, name } of series) {
    const rows = await db
      .selectFrom("metric_points")
      .select(["idx", "value", "step", "at"])
      .where("series", "=", id)
      .orderBy("idx")
      .execute();
    yield {
      name,
      at: rows.map((row) => row.at),
      steps: rows.map((row) => row.step ?? row.idx),
      values: rows.map((row) => row.value ?? Number.NaN),
    };
  }
}

export interface StoredModel {
  id: string;
  experimentId: string;
  name: string;
  modelType: string | null;
  sourceRun: string | null;
  status: string;
  statusMessage: string | null;
  createdAt: number;
  updatedAt: number;
  deleted: boolean;
}

/** Deleted ones too. */
export async function findStoredModel(db: Db, id: string): Promise<StoredModel | undefined> {
  const row = await db
    .selectFrom("logged_models")
    .select([
      "id",
      "experiment_id",
      "name",
      "model_type",
      "source_run_id",
      "status",
      "status_message",
      "created_at",
      "updated_at",
      "deleted",
    ])
    .where("id", "=", id)
    .executeTakeFirst();
  return (
    row && {
      id: row.id,
      experimentId: row.experiment_id,
      name: row.name,
      modelType: row.model_type,
      sourceRun: row.source_run_id,
      status: row.status,
      statusMessage: row.status_message,
      createdAt: row.created_at,
      updatedAt: row.updated_at,
      deleted: row.deleted === 1,
    }
  );
}

export async function setImportedModel(
  tx: Db,
  model: Omit<StoredModel, "experimentId" | "deleted"> & { archive: boolean },
): Promise<void> {
  await tx
    .updateTable("logged_models")
    .set({
      name: model.name,
      model_type: model.modelType,
      source_run_id: model.sourceRun,
      status: model.status,
      status_message: model.statusMessage,
      created_at: model.createdAt,
      updated_at: model.updatedAt,
      ...(model.archive && { deleted: 1 }),
    })
    .where("id", "=", model.id)
    .execute();
}
