// Jobs: submit, look, stop, label.
import { z } from "zod";
import { jobStates } from "../core/job.ts";
import { endpoint } from "./endpoint.ts";
import { anyStringMap, jobSpecSchema, stringMap } from "./job-spec.ts";
import { trialSummarySchema } from "./trials.ts";

const params = z.object({ run: z.string().meta({ description: "The job's name, which is its run's id." }) });

const state = z.enum(jobStates);

export const jobSchema = z
  .object({
    name: z.string(),
    number: z.int().meta({ description: "Counts up within the experiment, from 1." }),
    kind: z.enum(["command", "sweep"]),
    experimentName: z.string(),
    displayName: z.string(),
    description: z.string(),
    state,
    reason: z.string().meta({ description: "Why it is in this state, in a phrase." }),
    stateSince: z.int().meta({ description: "Milliseconds since the epoch." }),
    phases: z
      .array(
        z.object({
          state,
          reason: z.string(),
          attempt: z.int(),
          startedAt: z.int(),
          endedAt: z.int().nullable(),
        }),
      )
      .meta({ description: "Every state so far, in order, with when it began and ended (ms)." }),
    queuePosition: z.int().nullable().meta({ description: "1 for the next to run; null when not waiting." }),
    attempt: z.int().meta({ description: "How many tries so far." }),
    createdAt: z.int(),
    startedAt: z.int().nullable().meta({ description: "When the user's code first ran." }),
    endedAt: z.int().nullable(),
    exitCode: z.int().nullable(),
    error: z.record(z.string(), z.unknown()).nullable(),
    notes: z.array(z.object({ level: z.enum(["info", "warning"]), message: z.string() })),
    tags: anyStringMap,
    properties: anyStringMap,
    archived: z.boolean(),
    parent: z.string().nullable(),
    createdBy: z.string(),
    spec: jobSpecSchema,
    trials: trialSummarySchema.optional().meta({ description: "How a sweep stands; other jobs have none." }),
  })
  .meta({ id: "Job" });
export type Job = z.infer<typeof jobSchema>;

export const createJob = endpoint({
  method: "POST",
  path: "/api/v1/jobs",
  access: "job",
  summary: "Submit a job",
  description:
    "The answer is durable: from then on the job survives any crash. A name that exists already is refused with conflict. A job submits with its own token as well: in its own experiment, to its own compute, and nothing that would reach further than it does itself.",
  body: z.object({
    spec: jobSpecSchema,
    createdBy: z.string().max(250).optional(),
    parent: z.string().optional().meta({ description: "The run that it belongs to." }),
  }),
  maxBodyBytes: 8 << 20,
  response: jobSchema,
});

export const validateJob = endpoint({
  method: "POST",
  path: "/api/v1/jobs/validate",
  access: "user",
  summary: "Check a job against this workspace without submitting it",
  body: z.object({ spec: jobSpecSchema }),
  maxBodyBytes: 8 << 20,
  response: z.object({
    problems: z.array(z.object({ path: z.string(), message: z.string(), hint: z.string().optional() })),
  }),
});

export const getJob = endpoint({
  method: "GET",
  path: "/api/v1/jobs/:run",
  access: "family",
  summary: "Show a job",
  params,
  response: jobSchema,
});

export const listJobs = endpoint({
  method: "GET",
  path: "/api/v1/jobs",
  access: "user",
  summary: "List jobs, newest first",
  query: z.object({
    limit: z.coerce.number().int().min(1).max(1000).default(50),
    before: z
      .string()
      .regex(/^\d{1,15}$/, "the `next` of the page before: a number")
      .optional()
      .meta({ description: "The `next` of the page before." }),
    experiment: z.string().optional(),
    parent: z.string().optional(),
    archived: z.enum(["exclude", "include", "only"]).default("exclude"),
  }),
  response: z.object({ jobs: z.array(jobSchema), next: z.string().nullable() }),
});

export const updateJob = endpoint({
  method: "PATCH",
  path: "/api/v1/jobs/:run",
  access: "run",
  summary: "Change a job's labels",
  description:
    "Tags change freely (null removes one); properties may only be added. Nothing else of a job changes.",
  params,
  body: z.object({
    displayName: z.string().max(1000).optional(),
    description: z.string().max(5000).optional(),
    tags: z.record(z.string().min(1).max(250), z.string().max(5000).nullable()).optional(),
    properties: stringMap.optional(),
  }),
  response: jobSchema,
});

export const cancelJob = endpoint({
  method: "POST",
  path: "/api/v1/jobs/:run/cancel",
  access: "ancestor",
  summary: "Ask a job to stop",
  description: "TERM to its processes, a grace period, KILL. On a finished job it changes nothing.",
  params,
  response: jobSchema,
});

export const archiveJob = endpoint({
  method: "POST",
  path: "/api/v1/jobs/:run/archive",
  access: "user",
  summary: "Hide a finished job from lists",
  params,
  response: jobSchema,
});

export const restoreJob = endpoint({
  method: "POST",
  path: "/api/v1/jobs/:run/restore",
  access: "user",
  summary: "Show an archived job in lists again",
  params,
  response: jobSchema,
});
