// The calls that the first drawing of the jobs page waits for; early.ts makes them too.
import type { CallArguments } from "../../api/call.ts";
import type { TableRequest } from "./view.ts";

export const keysCall = (experiments: readonly string[] | undefined, signal?: AbortSignal): CallArguments => [
  "/runs/keys",
  { method: "POST", body: experiments ? { experiments } : {}, signal },
];

export const tableCall = (request: TableRequest, signal?: AbortSignal): CallArguments => [
  "/runs/table",
  { method: "POST", body: request, signal },
];

/** Small, so that it is there at once. */
export const firstPageOf = (request: TableRequest): TableRequest => ({ ...request, limit: 100 });
