// Experiments as MLflow's clients see them: found, searched, labelled, deleted and restored.
import { sql } from "kysely";
import type { RawBuilder } from "kysely";
import type { Comparison } from "../core/search/parse-filter.ts";
import type { OrderKey } from "../core/search/parse-order.ts";
import { finalStates } from "../core/job.ts";
import { compare, existing } from "./compare.ts";
import type { Condition } from "./compare.ts";
import { afterKeys, digestOf, makeToken, readToken, sortColumns, sortOrder } from "./page-by-key.ts";
import type { SortKey } from "./page-by-key.ts";
import type { Db } from "./store.ts";

export interface Experiment {
  id: string;
  name: string;
  artifactLocation: string;
  deleted: boolean;
  createdAt: number;
  updatedAt: number;
  tags: { key: string; value: string }[];
}

export async function findExperiment(
  db: Db,
  by: { id: string } | { name: string },
): Promise<Experiment | undefined> {
  const row = await db
    .selectFrom("experiments")
    .select(["id", "name", "artifact_location", "archived", "created_at", "updated_at"])
    .where("id" in by ? "id" : "name", "=", "id" in by ? by.id : by.name)
    .executeTakeFirst();
  if (!row) return undefined;
  const tags = await db
    .selectFrom("experiment_tags")
    .select(["key", "value"])
    .where("experiment_id", "=", row.id)
    .orderBy("key")
    .execute();
  return {
    id: row.id,
    name: row.name,
    artifactLocation: row.artifact_location,
    deleted: row.archived === 1,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    tags,
  };
}

export interface ExperimentSearch {
  filter: readonly Comparison[];
  order: readonly OrderKey[];
  view: "active" | "deleted" | "all";
  limit: number;
  token?: string | undefined;
  only?: string | undefined;
}

const columns: Readonly<Record<string, RawBuilder<unknown>>> = {
  name: sql.ref("experiments.name"),
  experiment_id: sql.ref("experiments.id"),
  creation_time: sql.ref("experiments.created_at"),
  last_update_time: sql.ref("experiments.updated_at"),
};
const id = columns["experiment_id"]!;

export async function searchExperiments(
  db: Db,
  { filter, order, view, limit, token, only }: ExperimentSearch,
): Promise<{ experiments: Experiment[]; next: string | undefined }> {
  const digest = digestOf([filter, order, view, only ?? null]);
  const keys: SortKey[] =
    order.length === 0
      ? [
          { expression: columns["creation_time"]!, ascending: false },
          { expression: id, ascending: true },
        ]
      : [
          ...order.map(({ key, ascending }) => ({ expression: columns[key]!, ascending })),
          { expression: id, ascending: false },
        ];
  const conditions: Condition[] = filter.map((comparison) =>
    comparison.entity === "attribute"
      ? compare(columns[comparison.key]!, comparison)
      : existing(
          sql`select 1 from experiment_tags where experiment_id = ${id} and key = ${comparison.key}`,
          comparison,
        ),
  );
  if (view !== "all") conditions.push(sql<boolean>`archived = ${view === "deleted" ? 1 : 0}`);
  if (only !== undefined) conditions.push(sql<boolean>`experiments.id = ${only}`);
  if (token) conditions.push(afterKeys(keys, readToken(digest, token, keys)));
  const where = conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `);
  const { rows } = await sql<Record<string, unknown> & { id: string }>`
    select * from (select experiments.id as id, ${sortColumns(keys)} from experiments where ${where})
    order by ${sortOrder(keys)} limit ${limit + 1}`.execute(db);
  const page = rows.slice(0, limit);
  const experiments: Experiment[] = [];
  for (const row of page) experiments.push((await findExperiment(db, { id: row.id }))!);
  return {
    experiments,
    next: rows.length > page.length ? makeToken(digest, page.at(-1)!, keys) : undefined,
  };
}

export async function renameExperiment(tx: Db, experiment: string, name: string, at: number): Promise<void> {
  await tx.updateTable("experiments").set({ name, updated_at: at }).where("id", "=", experiment).execute();
}

/** Deletes or restores an experiment with its runs; jobs that have not ended stay. */
export async function archiveExperiment(
  tx: Db,
  experiment: string,
  archived: boolean,
  at: number,
): Promise<void> {
  const value = archived ? 1 : 0;
  await tx
    .updateTable("experiments")
    .set({ archived: value, updated_at: at })
    .where("id", "=", experiment)
    .execute();
  await tx
    .updateTable("runs")
    .set({ archived: value, archived_at: archived ? at : null })
    .where("experiment_id", "=", experiment)
    .where((of) =>
      of.or([of("state", "in", finalStates), of("id", "not in", of.selectFrom("jobs").select("run_id"))]),
    )
    .execute();
}

export async function setExperimentTag(
  tx: Db,
  experiment: string,
  key: string,
  value: string,
): Promise<void> {
  await tx
    .insertInto("experiment_tags")
    .values({ experiment_id: experiment, key, value })
    .onConflict((conflict) => conflict.columns(["experiment_id", "key"]).doUpdateSet({ value }))
    .execute();
}

export async function removeExperimentTag(tx: Db, experiment: string, key: string): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom("experiment_tags")
    .where("experiment_id", "=", experiment)
    .where("key", "=", key)
    .executeTakeFirst();
  return numDeletedRows === 1n;
}
