// The one canonical job spec that every dialect becomes. What a user wrote is in src/spec; this is what it means.
import type { Command } from "./command.ts";
import type { Sweep, TrialOf } from "./sweep.ts";

export type Dialect = "A" | "B" | "C";

export interface JobSpec {
  kind: "command";
  /** How the file was written, so that it can be shown in the same words. */
  dialect: Dialect;
  name?: string;
  displayName?: string;
  experimentName: string;
  description?: string;
  tags: Record<string, string>;
  properties: Record<string, string>;
  code?: Code;
  command: Command;
  inputs: Record<string, Input>;
  outputs: Record<string, Output>;
  environment: Environment;
  environmentVariables: Record<string, string>;
  compute: { target: string; instanceCount: number; instanceType?: string };
  distribution?: Distribution;
  resources?: { shmSize?: string; dockerArgs?: string };
  /** Longest time in Running, in seconds. */
  timeoutSeconds?: number;
  /** Where artifacts go; absent means the workspace's own store. */
  output?: { datastore?: string; path?: string };
  /** Accepted and kept; nothing on a self-hosted machine reads them. */
  identity?: Record<string, unknown>;
  services?: Record<string, unknown>;
  queueSettings?: Record<string, unknown>;
  /** Makes the job a sweep: everything above is then what its trials are made of, and it runs nothing itself. */
  sweep?: Sweep;
  /** Set in the spec of a trial. */
  trial?: TrialOf;
}

/** A place on the submitting person's disk. It never reaches the server: the client turns it into a snapshot. */
export interface LocalPath {
  kind: "local";
  /** Absolute. */
  path: string;
}

export interface SnapshotRef {
  kind: "snapshot";
  id: string;
  /** Set when the snapshot is a single file: its name. */
  file?: string;
}

export interface AssetRef {
  kind: "asset";
  name: string;
  /** Exactly one of version and label. */
  version?: string;
  label?: string;
}

export interface UriRef {
  kind: "uri";
  uri: string;
}

export interface DatastoreRef {
  kind: "datastore";
  datastore: string;
  path: string;
}

/** Files that a run has kept: `runs:/<run>/<path>`, or an output of a job. The server resolves it at submit. */
export interface RunPathRef {
  kind: "run";
  run: string;
  /** Of an artifact or a folder of artifacts. */
  path: string;
}

export type Code = LocalPath | SnapshotRef | AssetRef | UriRef | DatastoreRef | RunPathRef;
export type DataSource = LocalPath | SnapshotRef | AssetRef | UriRef | DatastoreRef | RunPathRef;

export const dataTypes = [
  "uri_file",
  "uri_folder",
  "mltable",
  "mlflow_model",
  "custom_model",
  "triton_model",
] as const;
export type DataType = (typeof dataTypes)[number];

export type Input =
  | { kind: "literal"; value: string | number | boolean }
  | { kind: "absent" } // declared optional, no value given
  | {
      kind: "data";
      source: DataSource;
      mode: InputMode;
      type?: DataType;
      description?: string;
      /** The registered version that the source was resolved from, for lineage. */
      asset?: { kind: "data" | "model"; name: string; version: string };
    };

export const inputModes = ["mount", "rw_mount", "download", "direct", "eval_mount", "eval_download"] as const;
export type InputMode = (typeof inputModes)[number];

export interface Output {
  type: DataType;
  mode: "rw_mount" | "upload" | "direct";
  path?: string;
  /** Register as this asset on completion. */
  name?: string;
  version?: string;
}

export type Distribution =
  | { type: "pytorch"; /** Of the whole job; default: one a node. */ processCount?: number }
  | { type: "tensorflow"; workerCount?: number; parameterServerCount: number }
  | { type: "mpi"; processCountPerInstance: number };

export interface Environment {
  /** The name and version it was referred to by, or undefined when inline. */
  name?: string;
  version?: string;
  /** A reference that the server resolves at submit; then every other field is filled and this is gone. */
  reference?: AssetRef;
  image?: string;
  build?: { dockerfile: string; dockerfilePath?: string; context?: LocalPath | SnapshotRef };
  /** False: the image only says what is wanted, and the machine's own tools stand in for it. */
  useContainer?: boolean;
  conda?: CondaFile;
  /** Lines of a pip requirements file. */
  pip?: string[];
  /** Use this interpreter as it is; install nothing. */
  userManaged?: { interpreter: string };
  osType?: "linux" | "windows";
  environmentVariables?: Record<string, string>;
  description?: string;
  tags?: Record<string, string>;
}

/** A parsed conda environment file. */
export interface CondaFile {
  name?: string;
  channels?: string[];
  dependencies?: (string | { pip: string[] })[];
  prefix?: string;
  variables?: Record<string, string>;
}
