// When each snapshot was last counted on: what nobody names goes some time after that.
import { sql } from "kysely";
import type { Kysely } from "kysely";

export async function up(db: Kysely<never>): Promise<void> {
  await sql`alter table snapshots add column used_at integer not null default 0`.execute(db);
  await sql`update snapshots set used_at = created_at`.execute(db);
}
