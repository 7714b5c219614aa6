// A sweep and a trial on the wire. The types are core's; the checks here keep a stranger's request honest.
import { z } from "zod";
import type { Distribution } from "../core/sweep.ts";

export const parameterValue = z.union([z.string().max(5000), z.number(), z.boolean()]);
/** Also the end of a variable's name in the trial's environment. */
const parameterName = z
  .string()
  .regex(/^[A-Za-z_][\w.-]{0,249}$/, "a parameter name: letters, digits, _, - and .");

const range = { minValue: z.number(), maxValue: z.number() };
const bell = { mu: z.number(), sigma: z.number().positive() };
const step = { q: z.number().positive() };
export const distributionSchema: z.ZodType<Distribution, Distribution> = z.lazy(() =>
  z.discriminatedUnion("type", [
    z.object({ type: z.literal("choice"), values: z.array(choiceValue).min(1).max(10_000) }),
    z.object({ type: z.literal("randint"), upper: z.int().min(1) }),
    z.object({ type: z.literal("uniform"), ...range }),
    z.object({ type: z.literal("quniform"), ...range, ...step }),
    z.object({ type: z.literal("loguniform"), ...range }),
    z.object({ type: z.literal("qloguniform"), ...range, ...step }),
    z.object({ type: z.literal("normal"), ...bell }),
    z.object({ type: z.literal("qnormal"), ...bell, ...step }),
    z.object({ type: z.literal("lognormal"), ...bell }),
    z.object({ type: z.literal("qlognormal"), ...bell, ...step }),
  ]),
);
const choiceValue = z.union([
  parameterValue,
  z.record(parameterName, z.union([parameterValue, z.lazy(() => distributionSchema)])),
]);

const seed = z.int().min(0);
const intervals = {
  evaluationInterval: z.int().min(1),
  delayEvaluation: z.int().min(0),
};
const earlyTermination = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("bandit"),
    slackFactor: z.number().min(0).optional(),
    slackAmount: z.number().min(0).optional(),
    ...intervals,
  }),
  z.object({ type: z.literal("median_stopping"), ...intervals }),
  z.object({
    type: z.literal("truncation_selection"),
    truncationPercentage: z.number().min(1).max(99),
    excludeFinishedJobs: z.boolean(),
    ...intervals,
  }),
  z.object({
    type: z.literal("successive_halving"),
    minIntervals: z.int().min(1),
    reductionFactor: z.number().min(2),
  }),
]);

export const parametersSchema = z.record(z.string(), parameterValue);

export const sweepSchema = z
  .object({
    searchSpace: z.record(parameterName, distributionSchema),
    sampling: z.discriminatedUnion("type", [
      z.object({ type: z.literal("random"), seed }),
      z.object({
        type: z.literal("sobol"),
        seed,
        logBase: z.union([z.number().positive(), z.literal("e")]).optional(),
      }),
      z.object({ type: z.literal("grid") }),
      z.object({ type: z.literal("bayesian"), seed }),
    ]),
    objective: z.object({
      primaryMetric: z.string().min(1).max(250),
      goal: z.enum(["minimize", "maximize"]),
    }),
    earlyTermination: earlyTermination.optional(),
    limits: z.object({
      maxTotalTrials: z.int().min(1).max(100_000),
      maxConcurrentTrials: z.int().min(1).max(100_000),
      timeoutSeconds: z.number().positive().optional(),
      trialTimeoutSeconds: z.number().positive().optional(),
    }),
    resumeFrom: z.array(z.string()).max(5).optional(),
    first: z
      .array(z.object({ parameters: parametersSchema, inputs: z.array(z.string()) }))
      .max(1000)
      .optional()
      .meta({
        description:
          "Trials that come before those of the sampler. `inputs` are those of the job that it alone gets.",
      }),
  })
  .meta({ id: "Sweep" });

export const trialOfSchema = z.object({
  sweep: z.string(),
  number: z.int().min(0),
  parameters: parametersSchema,
});
