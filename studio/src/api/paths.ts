// Addresses and calls of the API that several files make.
import type { CallArguments } from "./call.ts";

export const runPath = (run: string): string => `/runs/${encodeURIComponent(run)}`;
export const jobPath = (run: string): string => `/jobs/${encodeURIComponent(run)}`;

export const workspacePath = "/workspace";

/** Runs with their jobs. */
export const detailsCall = (runs: readonly string[]): CallArguments => [
  "/runs/details",
  { method: "POST", body: { runs } },
];
