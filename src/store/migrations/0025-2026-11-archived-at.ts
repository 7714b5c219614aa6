// When each run was archived, so that those which were long ago can be deleted for good.
import { sql } from "kysely";
import type { Kysely } from "kysely";

export async function up(db: Kysely<never>): Promise<void> {
  await sql`alter table runs add column archived_at integer`.execute(db);
  await sql`update runs set archived_at = coalesce(ended_at, created_at) where archived = 1`.execute(db);
  await sql`create index runs_archived on runs (archived_at) where archived = 1`.execute(db);
}
