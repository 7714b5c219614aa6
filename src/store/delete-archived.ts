// Deletes for good what was archived ("deleted", in MLflow's words) long ago: rows alone, since bytes that nobody names
// any more go by themselves.
import { sql } from "kysely";
import { finalStates } from "../core/job.ts";
import type { Db, Store } from "./store.ts";

export interface Deleted {
  runs: number;
  models: number;
  experiments: number;
}

const runsAtOnce = 50;

/** A dry run does it all, counts, and takes it back. */
export async function deleteArchived(store: Store, before: number, dryRun: boolean): Promise<Deleted> {
  const deleted: Deleted = { runs: 0, models: 0, experiments: 0 };
  if (dryRun) {
    const undone = new Error("it was a dry run");
    await store
      .write(async (tx) => {
        while ((await deleteSome(tx, before, deleted)) > 0);
        await deleteRest(tx, before, deleted);
        throw undone;
      })
      .catch((error: unknown) => {
        if (error !== undone) throw error;
      });
    return deleted;
  }
  // In small transactions, so that others are not kept waiting.
  while ((await store.write((tx) => deleteSome(tx, before, deleted))) > 0);
  await store.write((tx) => deleteRest(tx, before, deleted));
  return deleted;
}

/**
 * Children first, and a sweep with its trials or not at all. What made an asset or a registered model stays, and so does
 * what a job that has not ended names.
 */
async function deletableRuns(tx: Db, before: number): Promise<{ id: string; seq: number }[]> {
  const final = sql.join([...finalStates]);
  const { rows } = await sql<{ id: string; seq: number }>`
    select r.id, r.seq from runs r where r.archived = 1 and r.archived_at < ${before}
      and (r.state in (${final}) or r.id not in (select run_id from jobs))
      and not exists (select 1 from runs c where c.parent_id = r.id)
      and not exists (select 1 from trials t where t.sweep_id = r.id)
      and not exists (select 1 from trials t join runs s on s.id = t.sweep_id where t.run_id = r.id
        and not (s.archived = 1 and s.archived_at < ${before}))
      and not exists (select 1 from assets a where a.run_id = r.id)
      and not exists (select 1 from logged_models m join model_sources o on o.model_id = m.id
        where m.source_run_id = r.id)
      and not exists (select 1 from jobs j join runs q on q.id = j.run_id
        where q.state not in (${final}) and q.id <> r.id and instr(j.spec, '"' || r.id || '"') > 0)
    order by r.archived_at limit ${runsAtOnce}`.execute(tx);
  return rows;
}

async function deleteSome(tx: Db, before: number, deleted: Deleted): Promise<number> {
  const runs = await deletableRuns(tx, before);
  for (const { id, seq } of runs) {
    const models = await tx
      .selectFrom("logged_models")
      .select("id")
      .where("source_run_id", "=", id)
      .execute();
    await deleteModels(
      tx,
      models.map((model) => model.id),
      deleted,
    );
    const series = tx.selectFrom("metric_series").select("id").where("run_seq", "=", seq);
    for (const table of ["metric_points", "metric_rows", "metric_buckets"] as const) {
      await tx.deleteFrom(table).where("series", "in", series).execute();
    }
    await tx.deleteFrom("metric_series").where("run_seq", "=", seq).execute();
    for (const table of ofRuns) await tx.deleteFrom(table).where("run_id", "=", id).execute();
    await tx.deleteFrom("sweep_log").where("sweep_id", "=", id).execute();
    await tx.deleteFrom("runs").where("id", "=", id).execute();
  }
  deleted.runs += runs.length;
  return runs.length;
}

/** Every table with a row for a run, by its `run_id`. */
const ofRuns = [
  "labels",
  "notes",
  "record_streams",
  "artifacts",
  "run_assets",
  "run_datasets",
  "run_models",
  "logged_model_metrics",
  "trials",
  "events",
  "attempts",
  "jobs",
] as const;

async function deleteModels(tx: Db, ids: readonly string[], deleted: Deleted): Promise<void> {
  for (const id of ids) {
    for (const table of ["logged_model_labels", "logged_model_metrics", "run_models"] as const) {
      await tx.deleteFrom(table).where("model_id", "=", id).execute();
    }
    await tx.deleteFrom("artifacts").where("run_id", "=", id).execute();
    await tx.deleteFrom("logged_models").where("id", "=", id).execute();
  }
  deleted.models += ids.length;
}

/** Logged models that were deleted by themselves, and then experiments that hold nothing any more. */
async function deleteRest(tx: Db, before: number, deleted: Deleted): Promise<void> {
  const models = await tx
    .selectFrom("logged_models")
    .select("id")
    .where("deleted", "=", 1)
    .where("updated_at", "<", before)
    .where("id", "not in", (of) =>
      of
        .selectFrom("model_sources")
        .select("model_id")
        .where("model_id", "is not", null)
        .$castTo<{ model_id: string }>(),
    )
    .execute();
  await deleteModels(
    tx,
    models.map(({ id }) => id),
    deleted,
  );
  const experiments = await tx
    .selectFrom("experiments")
    .select("id")
    .where("archived", "=", 1)
    .where("updated_at", "<", before)
    .where("number", "<>", 0)
    .where("id", "not in", (of) => of.selectFrom("runs").select("experiment_id"))
    .where("id", "not in", (of) => of.selectFrom("logged_models").select("experiment_id"))
    .execute();
  for (const { id } of experiments) {
    await tx.deleteFrom("experiment_tags").where("experiment_id", "=", id).execute();
    await tx.deleteFrom("experiments").where("id", "=", id).execute();
  }
  deleted.experiments += experiments.length;
}
