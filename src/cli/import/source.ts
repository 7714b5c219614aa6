// What a store that is moved here can be asked, whichever kind it is. Everything is read, nothing is changed.
import type { PointColumns } from "../../api/digest-points.ts";
import type { ImportedModel, ImportedRun } from "../../api/imports.ts";

export type Pairs = [string, string][];

export interface SourceExperiment {
  id: string;
  name: string;
  createdAt: number | null;
  updatedAt: number | null;
  deleted: boolean;
  tags: Pairs;
}

/** Where the files of a run or a logged model lie, in the words of the store. */
export type FilesPlace = { uri: string; folder?: string } & ({ run: string } | { model: string });

export interface SourceRun {
  id: string;
  record: ImportedRun;
  files: FilesPlace;
  /** What of it could not be read, for people. The rest can. */
  faults: string[];
}

/** A run that is known to be there; reading it may fail without hurting the others. */
export interface RunEntry {
  id: string;
  deleted: boolean;
  read(): Promise<SourceRun>;
  /** One metric after the other, each whole. Faults that are met are told. */
  points(onFault: (fault: string) => void): AsyncIterable<{ name: string; points: PointColumns }>;
}

export interface ModelEntry {
  id: string;
  deleted: boolean;
  read(): Promise<{ record: ImportedModel; files: FilesPlace }>;
}

export interface SourceFile {
  path: string;
  sizeBytes: number;
  /** Set when the bytes are a file of this machine. */
  local?: string;
  open(signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
}

export interface SourceVersion {
  version: number;
  source: string;
  run: string;
  model: string;
  description: string;
  stage: string;
  tags: Pairs;
}

export interface SourceRegisteredModel {
  name: string;
  description: string;
  createdAt: number;
  tags: Pairs;
  aliases: { alias: string; version: number }[];
  versions: SourceVersion[];
}

export interface Source extends AsyncDisposable {
  /** For people, without secrets. */
  readonly address: string;
  /** Deleted ones too. */
  listExperiments(): Promise<SourceExperiment[]>;
  listRuns(experiment: SourceExperiment): Promise<RunEntry[]>;
  listModels(experiment: SourceExperiment): Promise<ModelEntry[]>;
  listFiles(place: FilesPlace): Promise<SourceFile[]>;
  listRegisteredModels(): Promise<SourceRegisteredModel[]>;
}

/** Something that could not be moved, and what to do about it. */
export interface Fault {
  what: string;
  why: string;
  todo?: string | undefined;
}

/** The source says something that cannot be. */
export class BrokenSource extends Error {
  readonly todo: string | undefined;
  constructor(message: string, todo?: string) {
    super(message);
    this.name = "BrokenSource";
    this.todo = todo;
  }
}

export const runStatuses = ["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"] as const;

/** A status by its name or by its number from 1 on, as file stores write it. */
export function readStatus(given: string): ImportedRun["status"] {
  const status = runStatuses.find((one, index) => one === given || String(index + 1) === given);
  if (status !== undefined) return status;
  throw new BrokenSource(`its status is ${JSON.stringify(given)}, expected one of ${runStatuses.join(", ")}`);
}

const modelStatuses = ["LOGGED_MODEL_PENDING", "LOGGED_MODEL_READY", "LOGGED_MODEL_UPLOAD_FAILED"];

export const readModelStatus = (given: string): string =>
  modelStatuses[Number(given) - 1] ?? modelStatuses.find((one) => one === given) ?? modelStatuses[0]!;

/** The largest of all numbers is what MLflow's databases keep for infinity. */
export const restoreInfinity = (value: number): number =>
  Math.abs(value) === Number.MAX_VALUE ? Math.sign(value) * Number.POSITIVE_INFINITY : value;
