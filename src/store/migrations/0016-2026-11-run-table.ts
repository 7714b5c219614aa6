// For Studio's table of all runs: the latest of every experiment are read off an index.
import { sql } from "kysely";
import type { Kysely } from "kysely";

export async function up(db: Kysely<never>): Promise<void> {
  await sql.raw("create index runs_latest on runs (archived, begins_at desc, id)").execute(db);
}
