// How an attempt ended, as it is kept on disk and told to the server.
import { z } from "zod";
import { endReasons } from "../../core/job.ts";
import type { EndReason } from "../../core/job.ts";

export const attemptEndSchema = z.object({
  reason: z.enum(endReasons as [EndReason, ...EndReason[]]),
  exitCode: z.int().nullable(),
  message: z.string().nullable(),
  traceback: z.string().nullable(),
});
export type AttemptEnd = z.infer<typeof attemptEndSchema>;

/** An end that no process's exit code tells. */
export const endWithout = (reason: EndReason, message: string | null): AttemptEnd => ({
  reason,
  exitCode: null,
  message,
  traceback: null,
});
