// Searches runs: the parsed filter and order as one SQL statement, a page at a time.
import { sql } from "kysely";
import type { RawBuilder } from "kysely";
import type { Operator } from "../core/search/grammar.ts";
import type { Comparison } from "../core/search/parse-filter.ts";
import type { OrderKey } from "../core/search/parse-order.ts";
import { compare } from "./compare.ts";
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
  experiments: readonly string[] | "all";
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
  // Beyond MLflow's: what Studio filters and sorts by as well.
  state: sql.ref("runs.state"),
  experiment: sql`(select name from experiments where experiments.id = runs.experiment_id)`,
  duration: sql`((runs.ended_at - runs.begins_at) / 1000.0)`,
  parent: sql.ref("runs.parent_id"),
};

/** What is kept of a metric's series as a whole. */
const seriesColumns = {
  metric: sql.ref("last"),
  minimum: sql.ref("min"),
  maximum: sql.ref("max"),
} as const;

export async function searchRuns(
  db: Db,
  search: RunSearch,
): Promise<{ seqs: number[]; next: string | undefined }> {
  const { experiments, filter, order, view, limit, token, ofJob } = search;
  const digest = digestOf([experiments, filter, order, view, ofJob ?? null]);
  const sorts = order.map(sortOf);
  const keys: SortKey[] = [
    ...sorts.flatMap((sort) => sort.keys),
    { expression: columns["start_time"]!, ascending: false },
    { expression: id, ascending: true },
  ];
  const conditions = conditionsOf(search);
  if (token) conditions.push(afterKeys(keys, readToken(digest, token, keys)));
  const joined = sorts.flatMap(({ join }) => join ?? []);
  const tables = joined.map(({ name, rows }) => sql`${name} as materialized (${rows})`);
  const joins = joined.map(({ name, on }) => sql`left join ${name} on ${on}`);
  // Kysely's builder has no word for a list of computed sort keys.
  const { rows } = await sql<Record<string, unknown> & { seq: number }>`
    ${tables.length > 0 ? sql`with ${sql.join(tables)}` : sql``}
    select runs.seq as seq, ${sortColumns(keys)} from runs ${sql.join(joins, sql` `)}
    where ${sql.join(conditions, sql` and `)}
    order by ${sortOrder(keys)} limit ${limit + 1}`.execute(db);
  const page = rows.slice(0, limit);
  return {
    seqs: page.map((row) => row.seq),
    next: rows.length > page.length ? makeToken(digest, page.at(-1)!, keys) : undefined,
  };
}

/** How many there are, on all pages together. */
export async function countRuns(
  db: Db,
  search: Omit<RunSearch, "order" | "limit" | "token">,
): Promise<number> {
  const { rows } = await sql<{ runs: number }>`
    select count(*) as runs from runs where ${sql.join(conditionsOf(search), sql` and `)}`.execute(db);
  return rows[0]!.runs;
}

function conditionsOf({
  experiments,
  filter,
  view,
  ofJob,
}: Pick<RunSearch, "experiments" | "filter" | "view" | "ofJob">): Condition[] {
  const conditions: Condition[] = [sql<boolean>`true`];
  if (experiments !== "all") conditions.push(inExperiments(experiments));
  conditions.push(...filter.map(conditionOf));
  if (view !== "all") conditions.push(sql<boolean>`runs.archived = ${view === "deleted" ? 1 : 0}`);
  if (ofJob !== undefined) conditions.push(sql<boolean>`(runs.id = ${ofJob} or runs.job_run_id = ${ofJob})`);
  return conditions;
}

/** Of one experiment they can be read off an index in the order of their begin. */
const inExperiments = (experiments: readonly string[]): Condition =>
  experiments.length === 1
    ? sql<boolean>`runs.experiment_id = ${experiments[0]}`
    : sql<boolean>`runs.experiment_id in (select value from json_each(${JSON.stringify(experiments)}))`;

/**
 * A comparison with what lies in another table is made once, for all runs, off an index there, and each run looked up
 * in what was found. The plus keeps SQLite from starting out from that set and sorting all that it leads to.
 */
function conditionOf(comparison: Comparison): Condition {
  const { entity, key, operator, value } = comparison;
  const isNull = operator === "IS NULL";
  const matches = isNull || operator === "IS NOT NULL" ? sql`true` : compare(sql.ref("value"), comparison);
  const not = isNull ? sql`not` : sql``;
  switch (entity) {
    case "attribute":
      return compare(columns[key]!, comparison);
    case "metric":
    case "minimum":
    case "maximum": {
      // NaN compares as 0; among the least and greatest there is none.
      const orNaN =
        entity === "metric" && zeroMatches(operator, Number(value)) ? sql`or last is null` : sql``;
      return sql<boolean>`+runs.seq in (select run_seq from metric_series
        where name = ${key} and kind = 'scalar' and (${compare(seriesColumns[entity], comparison)} ${orNaN}))`;
    }
    case "param":
    case "tag":
      if (entity === "tag" && key === "mlflow.runName") return compare(columns["run_name"]!, comparison);
      return sql<boolean>`+runs.id ${not} in (select run_id from labels
        where kind = ${entity} and key = ${key} and ${matches})`;
    case "dataset":
      return sql<boolean>`+runs.id in (select run_id from
        (select run_id, ${sql.ref(key)} as value from run_datasets) where ${matches})`;
  }
}

function zeroMatches(operator: Operator, value: number): boolean {
  switch (operator) {
    case "=":
      return value === 0;
    case "!=":
      return value !== 0;
    case ">":
      return 0 > value;
    case ">=":
      return 0 >= value;
    case "<":
      return 0 < value;
    case "<=":
      return 0 <= value;
    default:
      return false;
  }
}

interface Sort {
  keys: SortKey[];
  /** Where the values are when they are in another table: read as a whole once, not looked up for every run. */
  join?: { name: RawBuilder<unknown>; rows: RawBuilder<unknown>; on: RawBuilder<unknown> };
}

function sortOf({ entity, key, ascending }: OrderKey, index: number): Sort {
  if (entity === "attribute" || (entity === "tag" && key === "mlflow.runName")) {
    const column = columns[entity === "tag" ? "run_name" : key]!;
    return {
      keys:
        key === "end_time" || key === "duration"
          ? missingLast(column, ascending, 0)
          : [{ expression: column, ascending }],
    };
  }
  // Each run is there once; grouping by it tells SQLite so, which takes the rows for few otherwise and makes no index.
  const name = sql.ref(`sorted${index}`);
  const run = sql`${name}.run`;
  const value = sql`${name}.value`;
  if (entity === "metric" || entity === "minimum" || entity === "maximum") {
    const rows = sql`select run_seq as run, ${seriesColumns[entity]} as value from metric_series
      where name = ${key} and kind = 'scalar' group by run_seq`;
    // Without one finite number there is no least and no greatest.
    const isNaN = entity === "metric" ? sql`(${run} is not null and ${value} is null)` : undefined;
    return {
      keys: missingLast(value, ascending, 0, isNaN),
      join: { name, rows, on: sql`${run} = ${seq}` },
    };
  }
  const rows = sql`select run_id as run, value from labels where kind = ${entity} and key = ${key} group by run_id`;
  return { keys: missingLast(value, ascending, ""), join: { name, rows, on: sql`${run} = ${id}` } };
}
