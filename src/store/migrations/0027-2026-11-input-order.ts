// The datasets and models of a run in the order in which they were logged. Those of before have none: their names tell.
import { sql } from "kysely";
import type { Kysely } from "kysely";

export async function up(db: Kysely<never>): Promise<void> {
  for (const table of ["run_datasets", "run_models"]) {
    await sql`alter table ${sql.table(table)} add column position integer not null default 0`.execute(db);
  }
}
