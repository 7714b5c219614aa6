// Every change is a row: who watches reads the rows after N and goes on from there.
import type { AssetKind } from "./asset.ts";
import type { JobState } from "./job.ts";

export type EventBody =
  | { kind: "run.created"; experiment: string; parent?: string }
  | { kind: "job.state"; state: JobState; reason: string; attempt: number }
  | { kind: "job.note"; level: "info" | "warning"; message: string }
  | { kind: "run.changed"; fields: string[] }
  | { kind: "sweep.changed"; trials: number; ended: number; best: { run: string; score: number } | null }
  | { kind: "run.metrics"; names: string[]; points: number }
  | { kind: "run.params"; keys: string[] }
  | { kind: "artifact.added"; path: string }
  | { kind: "artifact.closed"; path: string; sizeBytes: number }
  | { kind: "compute.changed"; compute: string; state: string }
  | { kind: "asset.changed"; asset: AssetKind; name: string; version: string; change: AssetChange }
  | { kind: "model.changed"; name: string; change: AssetChange | "renamed"; newName?: string }
  | { kind: "datastore.changed"; datastore: string; change: "saved" | "deleted" };

export type AssetChange = "created" | "updated" | "deleted";

export type EventKind = EventBody["kind"];

export interface Event {
  /** Grows by at least one with every event of the workspace. */
  seq: number;
  /** Milliseconds since the epoch, UTC. */
  at: number;
  run: string | null;
  body: EventBody;
}
