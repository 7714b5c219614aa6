// A job as the CLI prints it: the words of the dialect it was written in, plus what the server knows about it.
import type { Job } from "../../api/jobs.ts";
import type { Links } from "./studio-links.ts";
import type { TableColumns } from "./table.ts";

export interface JobExtras {
  /** The spec in its own dialect's words. */
  described: Record<string, unknown>;
  links: Links;
  now: number;
  metrics?: Record<string, unknown>;
  logFiles?: Record<string, string>;
}

export function jobDocument(job: Job, extras: JobExtras): Record<string, unknown> {
  const { described, links, now, metrics, logFiles } = extras;
  const endpoints = {
    Studio: { endpoint: links.page(job.name), type: "Studio" },
    Tracking: { endpoint: links.tracking, type: "Tracking" },
  };
  return sorted({
    ...described,
    ...(job.spec.dialect === "A"
      ? { interaction_endpoints: endpoints, parameters: {}, type: `${job.kind}_job` }
      : { services: { ...asMap(described["services"]), ...endpoints }, type: job.kind }),
    name: job.name,
    id: `azureml:${links.workspaceId}/jobs/${job.name}`,
    resourceGroup: links.resourceGroup,
    experiment_name: job.experimentName,
    display_name: job.displayName === "" ? undefined : job.displayName,
    description: job.description === "" ? undefined : job.description,
    status: job.state,
    status_reason: job.reason === "" ? undefined : job.reason,
    queue_position: job.queuePosition ?? undefined,
    attempt: job.attempt > 1 ? job.attempt : undefined,
    phases: phasesOf(job, now),
    creation_context: {
      created_at: isoTime(job.createdAt),
      created_by: job.createdBy,
      created_by_type: "User",
    },
    exit_code: job.exitCode ?? undefined,
    error: job.error ?? undefined,
    warnings: warningsOf(job),
    tags: job.tags,
    properties: job.properties,
    parent_job_name: job.parent ?? undefined,
    trials: job.trials && trialsOf(job.trials),
    hyperparameters: job.spec.trial?.parameters,
    archived: job.archived || undefined,
    metrics,
    log_files: logFiles,
  });
}

const trialsOf = ({ best, ...counts }: NonNullable<Job["trials"]>): Record<string, unknown> => ({
  ...counts,
  best: best && { name: best.run, number: best.number, score: best.score, hyperparameters: best.parameters },
});

const phasesOf = (job: Job, now: number) =>
  job.phases.map((phase) => ({
    status: phase.state,
    reason: phase.reason === "" ? undefined : phase.reason,
    attempt: phase.attempt > 1 ? phase.attempt : undefined,
    started_at: isoTime(phase.startedAt),
    elapsed_seconds:
      ((phase.endedAt ?? (job.endedAt === null ? now : phase.startedAt)) - phase.startedAt) / 1000,
  }));

function warningsOf(job: Job): string[] | undefined {
  const warnings = job.notes.filter(({ level }) => level === "warning").map(({ message }) => message);
  return warnings.length > 0 ? warnings : undefined;
}

/** As Python writes it, which scripts parse. */
export const isoTime = (ms: number): string => new Date(ms).toISOString().replace("Z", "+00:00");

const asMap = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};

/** Keys in alphabetical order at every depth; members without a value are left out. */
export function sorted(value: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.fromEntries(entries.map(([key, member]) => [key, sortedMember(member)]));
}

function sortedMember(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedMember);
  return typeof value === "object" && value !== null ? sorted({ ...value }) : value;
}

/** Made for `job list -o table`. */
export const jobColumns: TableColumns = [
  { title: "Name", of: (job) => job["name"] },
  { title: "Status", of: (job) => job["status"] },
  { title: "Experiment", of: (job) => job["experiment_name"] },
  { title: "Created", of: (job) => shortTime(asMap(job["creation_context"])["created_at"]) },
  { title: "Duration", of: (job) => durationOf(job["phases"]) },
  { title: "Compute", of: (job) => computeOf(job["compute"]) },
];

export const shortTime = (time: unknown): unknown =>
  typeof time === "string" ? time.slice(0, 19).replace("T", " ") : undefined;

const computeOf = (compute: unknown): unknown => {
  const target = typeof compute === "string" ? compute : asMap(compute)["target"];
  return typeof target === "string" ? target.replace(/^azureml:/, "") : undefined;
};

function durationOf(phases: unknown): string | undefined {
  if (!Array.isArray(phases)) return undefined;
  let seconds = 0;
  for (const phase of phases) {
    const elapsed = asMap(phase)["elapsed_seconds"];
    if (typeof elapsed === "number") seconds += elapsed;
  }
  return formatDuration(seconds * 1000);
}

export function formatDuration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  const whole = Math.floor(seconds);
  const pad = (part: number) => String(part).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)}:${pad(whole % 60)} min`;
  return `${Math.floor(whole / 3600)}:${pad(Math.floor((whole % 3600) / 60))} h`;
}
