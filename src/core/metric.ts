// What a run logs. A scalar series is numbers by index; every other kind is rows of JSON under one name.

export const metricKinds = [
  "scalar",
  "text", // str or bool values, which azureml.core accepts
  "table", // log_row and log_table
  "image",
  "confusion_matrix",
  "accuracy_table",
  "predictions",
  "residuals",
] as const;
export type MetricKind = (typeof metricKinds)[number];

/** A number on the wire: JSON has no NaN and no infinities, so those travel as words. */
export type WireNumber = number | "NaN" | "Infinity" | "-Infinity";

export const toWireNumber = (value: number): WireNumber =>
  Number.isFinite(value) ? value : (String(value) as "NaN" | "Infinity" | "-Infinity");

/** Where there may be none. */
export const toWireOrNull = (value: number | null | undefined): WireNumber | null =>
  value == null ? null : toWireNumber(value);

export const fromWireNumber = (value: WireNumber): number => Number(value);

/**
 * One line of a record stream (newline-delimited JSON): what a job's process appends to a file in its attempt
 * folder and the agent ships by byte offset.
 */
export type RunRecord =
  | { t: "m"; n: string; v: WireNumber; s?: number; at: number } // a point of a scalar series
  | { t: "x"; n: string; k: Exclude<MetricKind, "scalar">; v: unknown; s?: number; at: number } // any other kind
  | { t: "p"; n: string; v: string } // a parameter
  | { t: "g"; n: string; v: string | null } // a tag; null removes it
  | { t: "r"; n: string; v: string } // a property
  | { t: "d"; v: string } // the description
  | { t: "e"; v: string; c?: string }; // run.fail(): an error that the user's code reports itself
