// Assets: named, versioned things that jobs name. A version never changes once made; only what people say of it does.
import type { DataSource, DataType, Environment, LocalPath, SnapshotRef } from "./job-spec.ts";

export const assetKinds = ["data", "environment", "model", "code"] as const;
export type AssetKind = (typeof assetKinds)[number];

/** Where an asset's bytes are, once local files have been uploaded. */
export type StoredSource = Exclude<DataSource, LocalPath>;

export type AssetContent =
  | { kind: "data"; type: "uri_file" | "uri_folder" | "mltable"; source: StoredSource }
  | { kind: "environment"; environment: Environment }
  | {
      kind: "model";
      type: Extract<DataType, "custom_model" | "mlflow_model" | "triton_model">;
      source: StoredSource;
      /** As the MLmodel file has them; kept, not interpreted. */
      flavors?: Record<string, unknown>;
    }
  | { kind: "code"; source: SnapshotRef };

export interface AssetVersion {
  kind: AssetKind;
  name: string;
  /** Whole numbers count up by themselves; any other word is allowed. */
  version: string;
  content: AssetContent;
  description: string;
  tags: Record<string, string>;
  /** Add-only. */
  properties: Record<string, string>;
  /** Words that point at this version; `latest` always points at the newest that is not archived. */
  labels: string[];
  archived: boolean;
  /** The run that made it. */
  run: string | null;
  createdBy: string;
  createdAt: number;
}

export const latestLabel = "latest";

/** How far a model has come. As a label, a stage leads to the newest version that is in it. */
export const stages = ["Development", "Staging", "Production"] as const;
export type Stage = (typeof stages)[number];
export const stageNamed = (word: string): Stage | undefined =>
  stages.find((stage) => stage.toLowerCase() === word.toLowerCase());

/** 1–255 letters, digits, `_`, `-` or `.`, starting with a letter, a digit or `_`. */
export const isAssetName = (name: string): boolean => /^\w[\w.-]{0,254}$/.test(name);
/** Wider, as MLflow's names are: all but `/`, `:`, `\\` and control characters. */
export const isModelName = (name: string): boolean =>
  /^[^/:\\\p{Cc}]{1,255}$/u.test(name) &&
  name.trim() === name &&
  name.isWellFormed() &&
  !/^\.{1,2}$/.test(name);
/** Labels are MLflow's aliases too, and may begin as those do. */
export const isAssetLabel = (label: string): boolean => /^[\w.-]{1,255}$/.test(label);
/** 1–100 of the same characters. */
export const isAssetVersion = (version: string): boolean => /^\w[\w.-]{0,99}$/.test(version);

/** One text for one content, whatever the order of its keys: what has the same text is the same. */
export const canonicalContent = (content: AssetContent | DataSource): string =>
  JSON.stringify(content, (_key, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
