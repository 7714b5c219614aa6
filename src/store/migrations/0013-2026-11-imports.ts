// Where things that were moved here from another store came from, so that moving again finds them.
import { sql } from "kysely";
import type { Kysely } from "kysely";

export async function up(db: Kysely<never>): Promise<void> {
  // `origin` is what holds the thing over there; `target` is what it is called here.
  await sql
    .raw(
      `create table imports (
        kind text not null, origin text not null, source_id text not null, target text not null,
        primary key (kind, origin, source_id)
      ) strict, without rowid`,
    )
    .execute(db);
}
