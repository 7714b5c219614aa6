// What a sweep's file holds: the keys of a job, with those of its trials below `trial`, and its own.
import type { Schema } from "./schema-words.ts";

const number = (description: string): Schema => ({ type: "number", description });

const distribution: Schema = {
  description: "Where the values of this parameter come from.",
  properties: {
    type: {
      description: "How values are drawn. The bounds of log… are exponents of e.",
      enum: [
        "choice",
        "randint",
        "uniform",
        "quniform",
        "loguniform",
        "qloguniform",
        "normal",
        "qnormal",
        "lognormal",
        "qlognormal",
      ],
    },
    values: { type: "array", description: "Of a choice: the values, each as likely." },
    min_value: number("The least value; of log… its natural logarithm."),
    max_value: number("The greatest value; of log… its natural logarithm."),
    upper: number("Of randint: one more than the greatest value."),
    mu: number("The mean of a normal distribution."),
    sigma: number("The standard deviation of a normal distribution."),
    q: number("Values are rounded to its multiples."),
  },
};

const own: Readonly<Record<string, Schema>> = {
  trial: { description: "What each trial runs.", type: "object" },
  search_space: {
    description: "The parameters and where their values come from.",
    type: "object",
    additionalProperties: distribution,
  },
  sampling_algorithm: {
    description:
      "How parameters are proposed: random, sobol, grid, or bayesian, which learns from the trials that ended.",
    enum: ["random", "sobol", "grid", "bayesian"],
    default: "random",
  },
  objective: {
    description: "What is to be least or greatest.",
    type: "object",
    properties: {
      primary_metric: { type: "string", description: "The exact name of a metric that trials log." },
      goal: { description: "Whether less or more of it is better.", enum: ["minimize", "maximize"] },
    },
  },
  early_termination: {
    description: "Ends trials that do worse than others.",
    type: "object",
    properties: {
      type: {
        description: "The rule.",
        enum: ["bandit", "median_stopping", "truncation_selection", "successive_halving"],
      },
      evaluation_interval: number("How often it is judged: every so many loggings of the metric."),
      delay_evaluation: number("Loggings before the first judgement."),
      slack_factor: number("Of bandit: how much worse than the best, as a ratio."),
      slack_amount: number("Of bandit: how much worse than the best, in the metric's unit."),
      truncation_percentage: number("Of truncation_selection: the share that is ended each time."),
      min_intervals: number("Of successive_halving: loggings before the first judgement."),
      reduction_factor: number("Of successive_halving: one of so many goes on."),
    },
  },
  limits: {
    description: "How many trials, and for how long.",
    type: "object",
    properties: {
      max_total_trials: number("Trials in all."),
      max_concurrent_trials: number("Trials at once."),
      timeout: number("Seconds of the whole sweep."),
      trial_timeout: number("Seconds of each trial."),
    },
  },
};

export const isSweepText = (text: string): boolean =>
  /^type:\s*sweep/m.test(text) || /^search_space:/m.test(text);

export function sweepSchemaFrom(job: Schema): Schema {
  const {
    command,
    code,
    environment,
    environment_variables,
    resources,
    distribution: spread,
    ...shared
  } = job.properties ?? {};
  const trial = Object.fromEntries(
    Object.entries({
      command,
      code,
      environment,
      environment_variables,
      resources,
      distribution: spread,
    }).filter((entry): entry is [string, Schema] => entry[1] !== undefined),
  );
  return {
    ...job,
    required: ["trial", "search_space", "objective", "limits"],
    properties: {
      ...shared,
      ...own,
      type: { description: "That it is a sweep.", enum: ["sweep"] },
      trial: { ...own["trial"], properties: trial },
    },
  };
}
