// Whole stretches of long series, summed up, so that a chart of a million points reads some thousands of rows.
import { sql } from "kysely";
import type { Kysely } from "kysely";

const statements = [
  // 256 points a row; the points since the last whole stretch are read themselves. Only finite numbers are counted.
  `create table metric_buckets (
    series integer not null, bucket integer not null,
    min_step real not null, max_step real not null, min_at integer not null, max_at integer not null,
    count integer not null, min real, max real, sum real,
    primary key (series, bucket)
  ) strict, without rowid`,
  `insert into metric_buckets
    select series, idx / 256, min(coalesce(step, idx)), max(coalesce(step, idx)), min(at), max(at),
      count(finite), min(finite), max(finite), sum(finite)
    from (select p.*, iif(value between -1.7976931348623157e308 and 1.7976931348623157e308, value, null) as finite
      from metric_points as p join metric_series as s on s.id = p.series where p.idx < s.count / 256 * 256)
    group by series, idx / 256`,
];

export async function up(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
