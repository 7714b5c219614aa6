// The registry of models: names with words of their own, versions with a stage and where they came from.
import { sql } from "kysely";
import type { Kysely } from "kysely";

const statements = [
  // MLflow's versions are whole numbers; the others have no place on its wire.
  `alter table assets add column number integer generated always as (
    case when version glob '[1-9]*' and version not glob '*[^0-9]*' and length(version) <= 15
    then cast(version as integer) end) virtual`,
  `alter table assets add column updated_at integer not null default 0`,
  `update assets set updated_at = created_at`,
  // Of models; archived versions have none.
  `alter table assets add column stage text check (stage in ('Development', 'Staging', 'Production'))`,
  `create index assets_by_number on assets (kind, name, number)`,
  `create index assets_by_stage on assets (kind, name, archived, stage, number)`,
  `create index assets_by_update on assets (kind, updated_at desc, name, number desc)`,
  `create table registered_models (
    name text primary key, description text not null, tags text not null, job_run_id text,
    created_at integer not null, updated_at integer not null,
    is_prompt integer generated always as (
      coalesce(json_extract(tags, '$."mlflow.prompt.is_prompt"') = 'true', 0)) virtual
  ) strict, without rowid`,
  `create index registered_models_by_update on registered_models (updated_at, name)`,
  `insert into registered_models (name, description, tags, created_at, updated_at)
    select name, '', '{}', min(created_at), max(created_at) from assets where kind = 'model' group by name`,
  // As MLflow's client gave them. What the version holds is the asset's content.
  `create table model_sources (
    name text not null, version text not null, source text not null, run_link text not null,
    model_id text, status_message text, primary key (name, version)
  ) strict, without rowid`,
  `create index model_sources_by_model on model_sources (model_id) where model_id is not null`,
];

export async function up(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
