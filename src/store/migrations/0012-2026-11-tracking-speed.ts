// For tracking at scale: searches and histories that are read off an index, and the latest points ready to be sent.
import { sql } from "kysely";
import type { Kysely } from "kysely";

const statements = [
  // How many points came without a step: where there are none, a history is read off its index as it is.
  `alter table metric_series add column stepless integer not null default 0`,
  `update metric_series set stepless =
    (select count(*) from metric_points where series = metric_series.id and step is null) where kind = 'scalar'`,
  // The latest point as JSON, for searches that show hundreds of thousands of them.
  `alter table metric_series add column latest text`,
  `update metric_series set latest = '{"key":' || json_quote(name) || ',"value":' || case
      when last is null then '"NaN"' when last > 1.7976931348623157e308 then '"Infinity"'
      when last < -1.7976931348623157e308 then '"-Infinity"' else json_quote(last) end
    || ',"timestamp":' || coalesce(last_at, 0)
    || ',"step":' || cast(coalesce(last_step, count - 1) as integer) || '}' where kind = 'scalar'`,
  `drop index metric_series_by_value`,
  `create index metric_series_by_value on metric_series (name, last, run_seq) where kind = 'scalar'`,
  // Schemas and profiles are long: a filter must not have to pass over them.
  `create index run_datasets_by_name on run_datasets (name, digest, context)`,
  `drop index metric_points_by_time`,
  `create index metric_points_by_time on metric_points (series, at, step, value)`,
];

export async function up(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
