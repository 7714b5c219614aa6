// The rows of every table, as the migrations made them.
import type { Generated, GeneratedAlways } from "kysely";

export interface Tables {
  workspaces: {
    id: string;
    name: string;
    created_at: number;
    display_name: Generated<string>;
    description: Generated<string>;
    tags: Generated<string>;
  };
  experiments: {
    id: string;
    name: string;
    created_at: number;
    number: number | null;
    archived: Generated<number>;
    artifact_location: Generated<string>;
    updated_at: Generated<number>;
  };
  experiment_tags: { experiment_id: string; key: string; value: string };
  runs: {
    seq: Generated<number>;
    id: string;
    experiment_id: string;
    number: number;
    display_name: string;
    description: string;
    state: string;
    parent_id: string | null;
    created_by: string;
    created_at: number;
    started_at: number | null;
    ended_at: number | null;
    archived: Generated<number>;
    archived_at: number | null;
    job_run_id: string | null;
    begins_at: GeneratedAlways<number>;
  };
  run_datasets: {
    run_id: string;
    name: string;
    digest: string;
    source_type: string;
    source: string;
    schema: string | null;
    profile: string | null;
    context: string | null;
    tags: string;
    /** Among those of the run, in the order of logging. */
    position: Generated<number>;
  };
  logged_models: {
    id: string;
    experiment_id: string;
    name: string;
    model_type: string | null;
    source_run_id: string | null;
    job_run_id: string | null;
    status: string;
    status_message: string | null;
    created_at: number;
    updated_at: number;
    deleted: Generated<number>;
  };
  logged_model_labels: { model_id: string; kind: string; key: string; value: string };
  logged_model_metrics: {
    model_id: string;
    run_id: string;
    name: string;
    dataset_name: string;
    dataset_digest: string;
    value: number | null;
    step: number;
    at: number;
  };
  run_models: { run_id: string; role: string; model_id: string; step: number; position: Generated<number> };
  jobs: {
    run_id: string;
    spec: string;
    target: string;
    reason: string;
    state_since: number;
    exit_code: number | null;
    error: string | null;
    kind: Generated<string>;
  };
  trials: {
    sweep_id: string;
    number: number;
    run_id: string;
    parameters: string;
    state: string | null;
    values: string | null;
    score: number | null;
    judged: Generated<number>;
  };
  sweep_log: { sweep_id: string; offset: number; text: string };
  attempts: {
    id: string;
    run_id: string;
    number: number;
    agent: string;
    node: string | null;
    go: Generated<number>;
    stop: string | null;
    phase: string;
    queue_reason: Generated<string>;
    created_at: number;
    prepared_at: number | null;
    started_at: number | null;
    ended_at: number | null;
    end_reason: string | null;
    exit_code: number | null;
    message: string | null;
    traceback: string | null;
    closed_at: number | null;
    placement: string | null;
  };
  notes: { id: Generated<number>; run_id: string; at: number; level: string; message: string };
  labels: { run_id: string; kind: string; key: string; value: string };
  metric_series: {
    id: Generated<number>;
    run_seq: number;
    name: string;
    kind: string;
    count: number;
    last: number | null;
    min: number | null;
    max: number | null;
    last_step: number | null;
    updated_at: number;
    last_at: number | null;
    stepless: Generated<number>;
    latest: string | null;
  };
  metric_points: { series: number; idx: number; value: number | null; step: number | null; at: number };
  metric_buckets: {
    series: number;
    bucket: number;
    min_step: number;
    max_step: number;
    min_at: number;
    max_at: number;
    count: number;
    min: number | null;
    max: number | null;
    sum: number | null;
  };
  metric_rows: { series: number; idx: number; value: string; step: number | null; at: number };
  record_streams: { run_id: string; stream: string; offset: number };
  artifacts: {
    run_id: string;
    path: string;
    hash: string | null;
    growing_id: string | null;
    alias_of: string | null;
    size_bytes: number;
    growing: Generated<number>;
    created_at: number;
  };
  small_files: { id: string; bytes: Uint8Array };
  snapshots: {
    id: string;
    file_count: number;
    size_bytes: number;
    created_at: number;
    used_at: number;
  };
  computes: {
    name: string;
    type: string;
    size: string;
    tier: string;
    min_instances: number;
    max_instances: number;
    idle_seconds: number;
    description: string;
    tags: string;
    created_at: number;
  };
  nodes: { name: string; compute: string; run_id: string | null; since: number; gpus: string | null };
  agents: { name: string; epoch: number; pid: number; host: string; version: string; seen_at: number };
  assets: {
    seq: Generated<number>;
    kind: string;
    name: string;
    version: string;
    content: string;
    description: string;
    tags: string;
    properties: string;
    archived: Generated<number>;
    run_id: string | null;
    created_by: string;
    created_at: number;
    updated_at: Generated<number>;
    stage: string | null;
    number: GeneratedAlways<number | null>;
  };
  registered_models: {
    name: string;
    description: string;
    tags: string;
    job_run_id: string | null;
    created_at: number;
    updated_at: number;
    is_prompt: GeneratedAlways<number>;
  };
  model_sources: {
    name: string;
    version: string;
    source: string;
    run_link: string;
    model_id: string | null;
    status_message: string | null;
  };
  asset_versions: { kind: string; name: string; version: string; content: string };
  asset_labels: { kind: string; name: string; label: string; version: string };
  run_assets: {
    run_id: string;
    role: string;
    used_as: string;
    kind: string;
    name: string;
    version: string;
  };
  datastores: {
    name: string;
    type: string;
    settings: string;
    is_default: Generated<number>;
    description: string;
    tags: string;
    created_at: number;
  };
  datastore_secrets: { datastore: string; name: string; sealed: string };
  imports: { kind: string; origin: string; source_id: string; target: string };
  events: { seq: Generated<number>; at: number; run_id: string | null; body: string };
}
