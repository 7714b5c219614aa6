// Searches logged models, as search-runs.ts does runs.
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
import type { Db } from "./store.ts";

export interface ModelDataset {
  name: string;
  digest: string | undefined;
}

export interface ModelSearch {
  experiments: readonly string[];
  filter: readonly Comparison[];
  /** By a metric: as measured on the dataset, if one is named. */
  order: readonly (OrderKey & { dataset?: ModelDataset | undefined })[];
  /** Only metrics that were measured on one of them count, and only models that have such. */
  datasets: readonly ModelDataset[];
  limit: number;
  token?: string | undefined;
  ofJob?: string | undefined;
}

const id = sql.ref("m.id");
const columns: Readonly<Record<string, RawBuilder<unknown>>> = {
  model_id: id,
  name: sql.ref("m.name"),
  experiment_id: sql.ref("m.experiment_id"),
  source_run_id: sql.ref("m.source_run_id"),
  model_type: sql.ref("m.model_type"),
  status: sql`replace(m.status, 'LOGGED_MODEL_', '')`,
  status_message: sql.ref("m.status_message"),
  creation_timestamp_ms: sql.ref("m.created_at"),
  last_updated_timestamp_ms: sql.ref("m.updated_at"),
};

export async function searchModels(
  db: Db,
  search: ModelSearch,
): Promise<{ ids: string[]; next: string | undefined }> {
  const { experiments, filter, order, datasets, limit, token, ofJob } = search;
  const digest = digestOf([experiments, filter, order, datasets, ofJob ?? null]);
  const counts = countedOn(datasets);
  const keys: SortKey[] = [
    ...order.flatMap(({ entity, key, ascending, dataset }) =>
      entity === "metric"
        ? missingLast(
            sql`(select max(value) from logged_model_metrics where model_id = ${id} and name = ${key}
              and ${countedOn(dataset ? [dataset] : [])})`,
            ascending,
            0,
          )
        : missingLast(columns[key]!, ascending, ""),
    ),
    { expression: columns["creation_timestamp_ms"]!, ascending: false },
    { expression: id, ascending: true },
  ];
  const conditions: Condition[] = [
    sql<boolean>`m.deleted = 0`,
    sql<boolean>`m.experiment_id in (select value from json_each(${JSON.stringify(experiments)}))`,
    ...filter.map((comparison) => conditionOf(comparison, counts)),
  ];
  if (datasets.length > 0) {
    conditions.push(
      sql<boolean>`exists (select 1 from logged_model_metrics where model_id = ${id} and ${counts})`,
    );
  }
  if (ofJob !== undefined) conditions.push(sql<boolean>`m.job_run_id = ${ofJob}`);
  const after =
    token === undefined || token === ""
      ? sql<boolean>`true`
      : afterKeys(keys, readToken(digest, token, keys));
  const { rows } = await sql<Record<string, unknown> & { id: string }>`
    select * from (select m.id as id, ${sortColumns(keys)} from logged_models m
      where ${sql.join([...conditions, after], sql` and `)})
    order by ${sortOrder(keys)} limit ${limit + 1}`.execute(db);
  const page = rows.slice(0, limit);
  return {
    ids: page.map((row) => row.id),
    next: rows.length > page.length ? makeToken(digest, page.at(-1)!, keys) : undefined,
  };
}

function countedOn(datasets: ModelSearch["datasets"]): Condition {
  if (datasets.length === 0) return sql<boolean>`true`;
  const each = datasets.map(({ name, digest }) =>
    digest === undefined
      ? sql<boolean>`dataset_name = ${name}`
      : sql<boolean>`(dataset_name = ${name} and dataset_digest = ${digest})`,
  );
  return sql<boolean>`(${sql.join(each, sql` or `)})`;
}

function conditionOf(comparison: Comparison, counts: Condition): Condition {
  const { entity, key, value } = comparison;
  if (entity === "attribute") {
    if (key !== "status" || typeof value !== "string") return compare(columns[key]!, comparison);
    return compare(columns["status"]!, { ...comparison, value: value.replace("LOGGED_MODEL_", "") });
  }
  return entity === "metric"
    ? existing(
        sql`select 1 from (select coalesce(value, 0.0) as value from logged_model_metrics
          where model_id = ${id} and name = ${key} and ${counts}) where true`,
        comparison,
      )
    : existing(
        sql`select 1 from logged_model_labels where model_id = ${id} and kind = ${entity} and key = ${key}`,
        comparison,
      );
}
