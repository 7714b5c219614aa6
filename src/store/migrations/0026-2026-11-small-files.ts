// Small files that came whole lie in a table, and what grows is found without a look at every artifact.
import { sql } from "kysely";
import type { Kysely } from "kysely";

const statements = [
  `create table small_files (id text primary key, bytes blob not null) strict, without rowid`,
  // They go with the last that names them, whoever takes the name away.
  `create trigger small_files_unnamed after delete on artifacts when old.growing_id is not null
   begin delete from small_files where id = old.growing_id; end`,
  `create trigger small_files_replaced after update of growing_id on artifacts
   when old.growing_id is not null and old.growing_id is not new.growing_id
   begin delete from small_files where id = old.growing_id; end`,
  `create index artifacts_growing on artifacts (growing_id) where growing = 1`,
];

export async function up(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
