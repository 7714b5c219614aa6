// Assets, which runs used and made them, and datastores. The same rules as for the first tables.
import { sql } from "kysely";
import type { Kysely } from "kysely";

const kinds = "('data', 'environment', 'model', 'code')";

const statements = [
  // autoincrement: the order of creation stays true after the newest version has been deleted.
  `create table assets (
    seq integer primary key autoincrement, kind text not null check (kind in ${kinds}),
    name text not null, version text not null, content text not null, description text not null,
    tags text not null, properties text not null,
    archived integer not null default 0 check (archived in (0, 1)),
    run_id text, created_by text not null, created_at integer not null, unique (kind, name, version)
  ) strict`,
  `create index assets_by_run on assets (run_id) where run_id is not null`,
  // Every version that was ever given, also when it has been deleted: a version means one content for good.
  `create table asset_versions (
    kind text not null, name text not null, version text not null, content text not null,
    primary key (kind, name, version)
  ) strict, without rowid`,
  `create table asset_labels (
    kind text not null, name text not null, label text not null, version text not null,
    primary key (kind, name, label)
  ) strict, without rowid`,
  // No foreign key to assets: what a run used is remembered after the asset has been deleted.
  `create table run_assets (
    run_id text not null references runs (id),
    role text not null check (role in ('input', 'environment', 'code', 'output')), used_as text not null,
    kind text not null check (kind in ${kinds}), name text not null, version text not null,
    primary key (run_id, role, used_as)
  ) strict, without rowid`,
  `create index run_assets_by_asset on run_assets (kind, name, version)`,
  `create table datastores (
    name text primary key, type text not null, settings text not null,
    is_default integer not null default 0 check (is_default in (0, 1)),
    description text not null, tags text not null, created_at integer not null
  ) strict, without rowid`,
  `create unique index datastores_default on datastores (is_default) where is_default = 1`,
  // Sealed by the server; this room never sees a secret as it is.
  `create table datastore_secrets (
    datastore text not null references datastores (name), name text not null, sealed text not null,
    primary key (datastore, name)
  ) strict, without rowid`,
];

export async function up(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
