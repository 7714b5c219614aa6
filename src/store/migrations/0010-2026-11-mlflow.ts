// What MLflow's clients keep beyond jobs: deleted experiments, their tags, datasets, logged models, quick search.
import { sql } from "kysely";
import type { Kysely } from "kysely";

const statements = [
  // Ids are decimal numbers from here on, as MLflow's are; older experiments keep theirs.
  `alter table experiments add column number integer`,
  `create unique index experiments_by_number on experiments (number)`,
  `alter table experiments add column archived integer not null default 0 check (archived in (0, 1))`,
  // Empty where files lie with the runs.
  `alter table experiments add column artifact_location text not null default ''`,
  `alter table experiments add column updated_at integer not null default 0`,
  `update experiments set updated_at = created_at`,
  `create table experiment_tags (
    experiment_id text not null references experiments (id), key text not null, value text not null,
    primary key (experiment_id, key)
  ) strict, without rowid`,

  // The job that made a run with its token; the run belongs to it.
  `alter table runs add column job_run_id text`,
  `alter table runs add column begins_at integer generated always as (coalesce(started_at, created_at)) virtual`,
  `create index runs_by_begin on runs (experiment_id, archived, begins_at desc, id)`,
  `create index labels_by_value on labels (kind, key, value)`,

  // Of the latest point: its time. For the order of latest points step and value are there already.
  `alter table metric_series add column last_at integer`,
  `update metric_series set last_at = updated_at`,
  `create index metric_series_by_value on metric_series (name, last)`,
  `create index metric_points_by_time on metric_points (series, at, step)`,

  `create table run_datasets (
    run_id text not null, name text not null, digest text not null,
    source_type text not null, source text not null, schema text, profile text,
    context text, tags text not null, primary key (run_id, name, digest)
  ) strict, without rowid`,
  `create table logged_models (
    id text primary key, experiment_id text not null references experiments (id), name text not null,
    model_type text, source_run_id text, job_run_id text, status text not null, status_message text,
    created_at integer not null, updated_at integer not null,
    deleted integer not null default 0 check (deleted in (0, 1))
  ) strict, without rowid`,
  `create index logged_models_by_experiment on logged_models (experiment_id, created_at desc, id)`,
  `create table logged_model_labels (
    model_id text not null, kind text not null check (kind in ('param', 'tag')),
    key text not null, value text not null, primary key (model_id, kind, key)
  ) strict, without rowid`,
  // The latest point of each metric, dataset and run; a null value is NaN.
  `create table logged_model_metrics (
    model_id text not null, run_id text not null, name text not null,
    dataset_name text not null, dataset_digest text not null,
    value real, step real not null, at integer not null,
    primary key (model_id, name, dataset_name, dataset_digest, run_id)
  ) strict, without rowid`,
  `create table run_models (
    run_id text not null, role text not null check (role in ('input', 'output')), model_id text not null,
    step integer not null, primary key (run_id, role, model_id)
  ) strict, without rowid`,
];

export async function up(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
