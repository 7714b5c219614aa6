// The first tables. Written for SQLite's strict mode; ids are text, times are integer milliseconds, JSON is text.
import { sql } from "kysely";
import type { Kysely } from "kysely";

const statements = [
  `create table workspaces (
    id text primary key, name text not null unique, created_at integer not null
  ) strict`,
  `create table experiments (
    id text primary key, name text not null unique, created_at integer not null
  ) strict`,
  // seq makes the keys of the large tables small; id is the name people see.
  `create table runs (
    seq integer primary key, id text not null unique,
    experiment_id text not null references experiments (id), number integer not null,
    display_name text not null, description text not null, state text not null, parent_id text,
    created_by text not null, created_at integer not null, started_at integer, ended_at integer,
    archived integer not null default 0 check (archived in (0, 1)),
    unique (experiment_id, number)
  ) strict`,
  `create index runs_by_parent on runs (parent_id, seq)`,
  `create index runs_by_state on runs (state, seq)`,
  `create table jobs (
    run_id text primary key references runs (id), spec text not null, target text not null,
    reason text not null, state_since integer not null, exit_code integer, error text
  ) strict, without rowid`,
  `create table attempts (
    id text primary key, run_id text not null references runs (id), number integer not null,
    agent text not null, node text, go integer not null default 0 check (go in (0, 1)),
    stop text, phase text not null, queue_reason text not null default '',
    created_at integer not null, prepared_at integer, started_at integer,
    ended_at integer, end_reason text, exit_code integer, message text, traceback text,
    closed_at integer, unique (run_id, number)
  ) strict, without rowid`,
  `create index attempts_open on attempts (agent, created_at) where closed_at is null`,
  `create table notes (
    id integer primary key, run_id text not null, at integer not null,
    level text not null check (level in ('info', 'warning')), message text not null,
    unique (run_id, message)
  ) strict`,
  `create table labels (
    run_id text not null, kind text not null check (kind in ('param', 'tag', 'property')),
    key text not null, value text not null, primary key (run_id, kind, key)
  ) strict, without rowid`,
  `create table metric_series (
    id integer primary key, run_seq integer not null, name text not null, kind text not null,
    count integer not null, last real, min real, max real, last_step real, updated_at integer not null,
    unique (run_seq, name)
  ) strict`,
  // A null value is NaN, which SQLite cannot hold.
  `create table metric_points (
    series integer not null, idx integer not null, value real, step real, at integer not null,
    primary key (series, idx)
  ) strict, without rowid`,
  `create table metric_rows (
    series integer not null, idx integer not null, value text not null, step real, at integer not null,
    primary key (series, idx)
  ) strict, without rowid`,
  `create table record_streams (
    run_id text not null, stream text not null, offset integer not null, primary key (run_id, stream)
  ) strict, without rowid`,
  // Exactly one of hash, growing_id and alias_of says where the bytes are.
  `create table artifacts (
    run_id text not null, path text not null, hash text, growing_id text, alias_of text,
    size_bytes integer not null, growing integer not null default 0 check (growing in (0, 1)),
    created_at integer not null, primary key (run_id, path)
  ) strict, without rowid`,
  `create table snapshots (
    id text primary key, file_count integer not null, size_bytes integer not null, created_at integer not null
  ) strict, without rowid`,
  `create table computes (
    name text primary key, type text not null, size text not null, tier text not null,
    min_instances integer not null, max_instances integer not null, idle_seconds integer not null,
    description text not null, tags text not null, created_at integer not null
  ) strict, without rowid`,
  `create table nodes (
    name text primary key, compute text not null references computes (name), run_id text, since integer not null
  ) strict, without rowid`,
  `create table agents (
    name text primary key, epoch integer not null, pid integer not null, host text not null,
    version text not null, seen_at integer not null
  ) strict, without rowid`,
  `create table events (
    seq integer primary key autoincrement, at integer not null, run_id text, body text not null
  ) strict`,
  `create index events_by_run on events (run_id, seq)`,
];

export async function up(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
