// What a failed job's error says, apart: the sentence, the traceback, and what to do about it.
import { endReasons } from "../../../../src/core/job.ts";
import type { EndReason } from "../../../../src/core/job.ts";

export interface JobError {
  message: string;
  reason: EndReason | undefined;
  traceback: string | undefined;
  advice: string | undefined;
}

const advice: Readonly<Partial<Record<EndReason, string>>> = {
  "exited-nonzero": "The command itself ended with an error. The log has all that it said.",
  "killed-by-signal":
    "Something outside the job ended it: a person, the machine shutting down, or its memory watch.",
  "out-of-memory": "Use a smaller batch or less data at a time, or submit it to a compute with more memory.",
  "environment-failed":
    "The packages could not be installed. The environment log names the first one that failed; mend the environment and rerun.",
  "staging-failed":
    "Code or an input could not be fetched. Check that each input still exists where the job looks for it.",
  "launch-failed": "The command could not be started. Check its first word, and that the environment has it.",
  "process-vanished":
    "The process was gone without an exit code, as after a restart of the machine. Rerun it.",
  "node-lost": "The node went away while the job ran. Rerun it, or choose another compute.",
};

/** Of `error` as the API gives it, in the layout of Azure ML's clients. */
export function describeError(error: Record<string, unknown> | null): JobError | undefined {
  const inner = isRecord(error?.["error"]) ? error["error"] : undefined;
  if (!inner) return undefined;
  const code = isRecord(inner["innerError"]) ? inner["innerError"]["code"] : undefined;
  const reason = endReasons.find((one) => one === code);
  const details = Array.isArray(inner["details"]) ? (inner["details"] as unknown[]) : [];
  const traceback = details
    .flatMap((detail) =>
      isRecord(detail) && typeof detail["message"] === "string" ? [detail["message"]] : [],
    )
    .join("\n");
  return {
    message: typeof inner["message"] === "string" ? inner["message"] : "It failed.",
    reason,
    traceback: traceback === "" ? undefined : traceback,
    advice: reason && advice[reason],
  };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
