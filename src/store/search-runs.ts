// Searches runs: the parsed filter and order as one SQL statement, a page at a time.
import { sql } from "kysely";
import type { RawBuilder } from "kysely";
import type { Comparison } from "../core/search/parse-filter.ts";
import type { OrderKey } from "../core/search/parse-order.ts";
import { compare, existing } from "./compare.ts";
import type { Condition } from "./compare.ts";
import {
  afterKeys,
  digestOf,
  makeToken,
  missingLast,
  readToken,
  sortColumns,
  sortOrder,
} from "./page-by-key.ts";
import type { SortKey } from "./page-by-key.ts";
import { mlflowStatusSql } from "./run-status.ts";
import type { Db } from "./store.ts";

export interface RunSearch {
  experiments: readonly string[];
  filter: readonly Comparison[];
  order: readonly OrderKey[];
  view: "active" | "deleted" | "all";
  limit: number;
  token?: string | undefined;
  /** Only this job's run and those made with its token. */
  ofJob?: string | undefined;
}

const seq = sql.ref("runs.seq");
const id = sql.ref("runs.id");

const columns: Readonly<Record<string, RawBuilder<unknown>>> = {
  run_id: id,
  run_name: sql.ref("runs.display_name"),
  user_id: sql.ref("runs.created_by"),
  start_time: sql.ref("runs.begins_at"),
  end_time: sql.ref("runs.ended_at"),
  status: mlflowStatusSql,
  artifact_uri: sql`(select coalesce(nullif(artifact_location, ''), 'mlflow-artifacts:/' || id) || '/' || runs.id || '/artifacts'
    from experiments where experiments.id = runs.experiment_id)`,
};

export async function searchRuns(
  db: Db,
  search: RunSearch,
): Promise<{ seqs: number[]; next: string | undefined }> {
  const { experiments, filter, order, view, limit, token, ofJob } = search;
  const digest = digestOf([experiments, filter, order, view, ofJob ?? null]);
  const keys: SortKey[] = [
    ...order.flatMap(sortKeysOf),
    { expression: columns["start_time"]!, ascending: false },
    { expression: id, ascending: true },
  ];
  const conditions: Condition[] = [
    sql<boolean>`runs.experiment_id in (select value from json_each(${JSON.stringify(experiments)}))`,
    ...filter.map(conditionOf),
  ];
  if (view !== "all") conditions.push(sql<boolean>`runs.archived = ${view === "deleted" ? 1 : 0}`);
  if (ofJob !== undefined) conditions.push(sql<boolean>`(runs.id = ${ofJob} or runs.job_run_id = ${ofJob})`);
  const after =
    token === undefined || token === "" ? sql`true` : afterKeys(keys, readToken(digest, token, keys));
  // Kysely's builder has no word for a list of computed sort keys.
  const { rows } = await sql<Record<string, unknown> & { seq: number }>`
    select * from (
      select runs.seq as seq, ${sortColumns(keys)} from runs where ${sql.join(conditions, sql` and `)}
    ) where ${after} order by ${sortOrder(keys)} limit ${limit + 1}`.execute(db);
  const page = rows.slice(0, limit);
  return {
    seqs: page.map((row) => row.seq),
    next: rows.length > page.length ? makeToken(digest, page.at(-1)!, keys) : undefined,
  };
}

function conditionOf(comparison: Comparison): Condition {
  const { entity, key } = comparison;
  switch (entity) {
    case "attribute":
      return compare(columns[key]!, comparison);
    case "metric":
      // NaN compares as 0.
      return existing(
        sql`select 1 from (select coalesce(last, 0.0) as value from metric_series
          where run_seq = ${seq} and name = ${key} and kind = 'scalar') where true`,
        comparison,
      );
    case "param":
    case "tag":
      if (entity === "tag" && key === "mlflow.runName") return compare(columns["run_name"]!, comparison);
      return existing(
        sql`select 1 from labels where run_id = ${id} and kind = ${entity} and key = ${key}`,
        comparison,
      );
    case "dataset":
      return existing(
        sql`select 1 from (select ${sql.ref(key)} as value from run_datasets where run_id = ${id}) where true`,
        comparison,
      );
  }
}

function sortKeysOf({ entity, key, ascending }: OrderKey): SortKey[] {
  if (entity === "metric") {
    const series = (what: RawBuilder<unknown>) =>
      sql`(select ${what} from metric_series where run_seq = ${seq} and name = ${key} and kind = 'scalar')`;
    return missingLast(series(sql`last`), ascending, 0, sql`${series(sql`last is null`)} = 1`);
  }
  if (entity === "attribute") {
    const column = columns[key]!;
    return key === "end_time" ? missingLast(column, ascending, 0) : [{ expression: column, ascending }];
  }
  if (entity === "tag" && key === "mlflow.runName") return [{ expression: columns["run_name"]!, ascending }];
  const label = sql`(select value from labels where run_id = ${id} and kind = ${entity} and key = ${key})`;
  return missingLast(label, ascending, "");
}
