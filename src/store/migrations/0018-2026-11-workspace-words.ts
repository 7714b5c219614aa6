// What people say of the workspace.
import { sql } from "kysely";
import type { Kysely } from "kysely";

export async function up(db: Kysely<never>): Promise<void> {
  await sql`alter table workspaces add column display_name text not null default ''`.execute(db);
  await sql`alter table workspaces add column description text not null default ''`.execute(db);
  await sql`alter table workspaces add column tags text not null default '{}'`.execute(db);
}
