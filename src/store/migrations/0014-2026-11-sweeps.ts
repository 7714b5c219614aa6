// Sweeps and their trials. The same rules as for the first tables.
import { sql } from "kysely";
import type { Kysely } from "kysely";

const statements = [
  `alter table jobs add column kind text not null default 'command' check (kind in ('command', 'sweep'))`,
  // A trial is a job; here is what the sweep knows of it. While state is null it is the job's own that counts.
  `create table trials (
    sweep_id text not null references runs (id), number integer not null,
    run_id text not null unique references runs (id), parameters text not null,
    state text check (state in ('completed', 'failed', 'canceled', 'stopped')),
    "values" text, score real, judged integer not null default 0,
    primary key (sweep_id, number)
  ) strict, without rowid`,
  `create index trials_by_score on trials (sweep_id, score)`,
  // What the sweep's log says, by byte offset: what stands here is in the log file, or will be.
  `create table sweep_log (
    sweep_id text not null references runs (id), offset integer not null, text text not null,
    primary key (sweep_id, offset)
  ) strict, without rowid`,
];

export async function up(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
