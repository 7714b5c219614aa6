// Addresses and calls of the API that several files make.
import type { CallOptions } from "./call.ts";

export const runPath = (run: string): string => `/runs/${encodeURIComponent(run)}`;
export const jobPath = (run: string): string => `/jobs/${encodeURIComponent(run)}`;

/** Runs with their jobs, as what `call` takes. */
export const detailsCall = (runs: readonly string[]): [path: string, options: CallOptions] => [
  "/runs/details",
  { method: "POST", body: { runs } },
];
export const workspacePath = "/workspace";
