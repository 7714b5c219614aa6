// Trials: the jobs that a sweep begins, each with its parameters and its best value.
import { z } from "zod";
import { jobStates } from "../core/job.ts";
import { endpoint } from "./endpoint.ts";
import { parametersSchema } from "./sweep-spec.ts";

const score = z
  .number()
  .nullable()
  .meta({ description: "Best value of the primary metric so far; null when it logged none." });

export const trialSummarySchema = z
  .object({
    total: z.int().meta({ description: "Begun so far." }),
    open: z.int().meta({ description: "Not ended yet." }),
    completed: z.int(),
    failed: z.int(),
    canceled: z.int(),
    stopped: z.int().meta({ description: "Ended by the sweep's early termination." }),
    best: z
      .object({ run: z.string(), number: z.int(), score: z.number(), parameters: parametersSchema })
      .nullable(),
  })
  .meta({ id: "TrialSummary" });

export const trialSchema = z
  .object({
    number: z.int().meta({ description: "Counts from 0." }),
    run: z.string(),
    parameters: parametersSchema,
    state: z.enum(jobStates).meta({ description: "Of the trial's job." }),
    outcome: z
      .enum(["completed", "failed", "canceled", "stopped"])
      .nullable()
      .meta({ description: "Null until it has ended; `stopped` is an early end by the sweep's own rule." }),
    score,
    latest: z
      .union([z.number(), z.enum(["NaN", "Infinity", "-Infinity"])])
      .nullable()
      .meta({
        description: "The value of the primary metric that it logged last; null when it logged none.",
      }),
    values: z.array(z.union([z.number(), z.enum(["NaN", "Infinity", "-Infinity"])])).meta({
      description: "The primary metric as it was logged, in order; empty until the trial has ended.",
    }),
    startedAt: z.int().nullable().meta({ description: "When the trial's code first ran (ms)." }),
    endedAt: z.int().nullable(),
  })
  .meta({ id: "Trial" });

export const listTrials = endpoint({
  method: "GET",
  path: "/api/v1/jobs/:run/trials",
  access: "family",
  summary: "The trials of a sweep, by number",
  params: z.object({ run: z.string() }),
  query: z.object({
    after: z.coerce
      .number()
      .int()
      .min(-1)
      .default(-1)
      .meta({ description: "Only those with a greater number." }),
    limit: z.coerce.number().int().min(1).max(1000).default(1000),
  }),
  response: z.object({ trials: z.array(trialSchema), next: z.int().nullable() }),
});
