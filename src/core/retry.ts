// When a failed attempt is followed by another: by its cause, up to a limit, as the job's properties say.
import type { EndReason } from "./job.ts";
import type { JobSpec } from "./job-spec.ts";

export const retryCauses = ["preempted", "node-lost", "out-of-memory", "user-error"] as const;
export type RetryCause = (typeof retryCauses)[number];

/** Ends without a cause are never tried again: they would end the same way, or somebody wanted them. */
export const causeOf: Readonly<Partial<Record<EndReason, RetryCause>>> = {
  preempted: "preempted",
  "node-lost": "node-lost",
  "process-vanished": "node-lost",
  "out-of-memory": "out-of-memory",
  "exited-nonzero": "user-error",
  "killed-by-signal": "user-error",
};

/** No dialect has keys for this, and every dialect keeps properties. */
export const retryKeys = {
  maxRetries: "trainyard.max_retries",
  retryOn: "trainyard.retry_on",
  resume: "trainyard.resume",
} as const;

export interface RetryPolicy {
  maxRetries: number;
  on: ReadonlySet<RetryCause>;
  /** A new attempt finds the outputs of those before it. */
  resume: boolean;
}

/** Of nobody's fault: such a job starts again as it would on a cloud's low-priority nodes. */
const preemptionsForgiven = 10;

export function retryPolicyOf({ properties }: Pick<JobSpec, "properties">): RetryPolicy {
  const limit = properties[retryKeys.maxRetries];
  const causes = properties[retryKeys.retryOn];
  const named = causes?.split(",").map((cause) => cause.trim());
  const wanted = retryCauses.filter((cause) =>
    named ? named.includes(cause) : limit !== undefined || cause === "preempted",
  );
  return {
    maxRetries: limit === undefined ? preemptionsForgiven : Number(limit),
    on: new Set(wanted),
    resume: properties[retryKeys.resume] === "true",
  };
}

/** What is wrong with the properties that say it, by key. */
export function retryFaults({ properties }: Pick<JobSpec, "properties">): { key: string; message: string }[] {
  const faults: { key: string; message: string }[] = [];
  const limit = properties[retryKeys.maxRetries];
  if (limit !== undefined && !/^\d{1,3}$/.test(limit)) {
    faults.push({
      key: retryKeys.maxRetries,
      message: `is ${JSON.stringify(limit)}; it takes a whole number from 0 to 999`,
    });
  }
  for (const cause of properties[retryKeys.retryOn]?.split(",").map((word) => word.trim()) ?? []) {
    if ((retryCauses as readonly string[]).includes(cause)) continue;
    const message = `names ${JSON.stringify(cause)}; known causes: ${retryCauses.join(", ")}`;
    faults.push({ key: retryKeys.retryOn, message });
  }
  const resume = properties[retryKeys.resume];
  if (resume !== undefined && resume !== "true" && resume !== "false") {
    faults.push({ key: retryKeys.resume, message: `is ${JSON.stringify(resume)}; it takes true or false` });
  }
  return faults;
}
