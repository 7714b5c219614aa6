// Several nodes an attempt, and graphics cards. The same rules as for the first tables.
import { sql } from "kysely";
import type { Kysely } from "kysely";

const statements = [
  // The nodes that an attempt was given, in order of rank: JSON, [{"name", "gpus"?}].
  `alter table attempts add column placement text`,
  // The graphics cards that the run on the node has there: JSON, or null when it may use all.
  `alter table nodes add column gpus text`,
];

export async function up(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
