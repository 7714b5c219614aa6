// A sweep in dialects A and C: what is searched, how, and the job that each trial is.
import {
  hasBoth,
  anything,
  count,
  document,
  filledText,
  has,
  hasNot,
  mapping,
  number,
  onlyMapping,
  whole,
  word,
  yesOrNo,
} from "./json-schema.ts";
import type { JsonSchema } from "./json-schema.ts";
import { environmentInC } from "./environment-schema.ts";
import { keysOfCommandJob, keysOfCommandJobA } from "./command-job-schema.ts";
import { codeC, inputsC, outputsC } from "./inputs-schema.ts";
import { searchSpace } from "./search-space-schema.ts";
import { unused } from "./shared-keys.ts";

const objective = mapping(
  {
    primary_metric: filledText("The exact name of the metric that the trials log.", {
      examples: ["val_loss"],
    }),
    goal: word(["minimize", "maximize"], "Whether less or more of it is better."),
    type: unused,
  },
  "What is to be least or greatest. A trial's score is the best value that it logged.",
  { required: ["primary_metric", "goal"], examples: [{ primary_metric: "val_loss", goal: "minimize" }] },
);

const algorithms = ["random", "sobol", "grid", "bayesian"];
const sampling: JsonSchema = {
  description:
    "How parameters are proposed: random, sobol (evenly spread), grid (every combination of choices), or bayesian, which learns from the trials that have ended.",
  anyOf: [
    word(algorithms, "The sampler."),
    onlyMapping(
      mapping(
        {
          type: word(algorithms, "The sampler."),
          seed: whole(0, "The same seed proposes the same. Made up when left out, and kept with the sweep."),
          rule: word(["random", "sobol"], "sobol makes random a Sobol sequence.", { default: "random" }),
          logbase: {
            description: "A number above 0, or e. Kept.",
            anyOf: [number("A number.", { exclusiveMinimum: 0 }), word(["e"], "Euler's number.")],
          },
        },
        "The sampler with its settings.",
        { required: ["type"], examples: [{ type: "bayesian", seed: 1 }] },
      ),
    ),
  ],
};

const evaluation = {
  evaluation_interval: count(0, "It is looked at every so many values of the metric.", { default: 1 }),
  delay_evaluation: count(0, "So many values of the metric are let pass first.", { default: 0 }),
};

const onlyOne = (one: string, other: string): JsonSchema => ({ allOf: [has(one), hasNot(other)] });

/** One closed form a policy; `key` is what the dialect calls its kind. */
function earlyTermination(key: string): JsonSchema {
  const form = (
    policy: string,
    keys: Record<string, JsonSchema>,
    description: string,
    more: { required?: readonly string[]; anyOf?: readonly JsonSchema[] } = {},
  ) =>
    onlyMapping(
      mapping({ [key]: word([policy], description), ...keys }, description, {
        ...more,
        required: [key, ...(more.required ?? [])],
      }),
    );
  const slack = {
    slack_factor: number("How much worse than the best a trial may be, as a ratio.", { minimum: 0 }),
    slack_amount: number("How much worse than the best a trial may be, in the metric's unit.", {
      minimum: 0,
    }),
  };
  return {
    description: "Ends trials that do worse than others. One interval is one logging of the metric.",
    anyOf: [
      form("bandit", { ...slack, ...evaluation }, "Ends what is too far behind the best trial.", {
        anyOf: [onlyOne("slack_factor", "slack_amount"), onlyOne("slack_amount", "slack_factor")],
      }),
      form("median_stopping", evaluation, "Ends what is worse than the median of all running averages."),
      form(
        "truncation_selection",
        {
          truncation_percentage: number("The share that is ended each time.", { minimum: 1, maximum: 99 }),
          exclude_finished_jobs: yesOrNo("Compare with open trials only.", { default: false }),
          ...evaluation,
        },
        "Ends the worst share at each interval.",
        { required: ["truncation_percentage"] },
      ),
      form(
        "successive_halving",
        {
          min_intervals: count(1, "Values of the metric before the first judgement.", { default: 1 }),
          reduction_factor: number("One of so many goes on.", { minimum: 2, default: 4 }),
        },
        "Lets one of so many go on, again and again.",
      ),
    ],
  };
}

const total = count(1, "How many trials there are at most.", { default: 1000, examples: [20] });
const atOnce = count(1, "How many are under way at once; by default all.", { examples: [4] });

const ofJob = keysOfCommandJob({
  code: codeC,
  inputs: inputsC,
  outputs: outputsC,
  environment: environmentInC,
});
const without = (keys: Record<string, JsonSchema>, names: readonly string[]): Record<string, JsonSchema> =>
  Object.fromEntries(Object.entries(keys).filter(([name]) => !names.includes(name)));

/** What stands beside the trial is a part of each trial all the same. */
const besideC = without(ofJob, ["command", "code", "environment", "distribution", "limits"]);
const besideA = without(keysOfCommandJobA, [
  "command",
  "code",
  "environment",
  "distribution",
  "distributed",
  "inputs",
  "compute",
  "identity",
  "environment_variables",
  "timeout",
]);

const ignoredType = anything("Not looked at: each trial is a command job.");

export const sweepJobC = document(
  "Trainyard sweep",
  mapping(
    {
      ...besideC,
      type: word(["sweep"], "What kind of job this is.", { default: "sweep" }),
      trial: mapping({ ...ofJob, type: ignoredType }, "The job that each trial is.", {
        required: ["command", "environment"],
        examples: [{ command: "python train.py --lr ${{search_space.lr}}", environment: "python:3.11" }],
      }),
      search_space: searchSpace,
      sampling_algorithm: sampling,
      objective,
      early_termination: earlyTermination("type"),
      limits: mapping(
        {
          max_total_trials: total,
          max_concurrent_trials: atOnce,
          timeout: whole(1, "The longest time of the whole sweep, in seconds.", { examples: [7200] }),
          trial_timeout: whole(1, "The longest time of each trial, in seconds.", { examples: [600] }),
          type: unused,
        },
        "How many trials, and for how long.",
        { examples: [{ max_total_trials: 20, max_concurrent_trials: 4 }] },
      ),
    },
    "A search for the best parameters of a command job.",
    { required: ["trial", "search_space", "sampling_algorithm", "objective"] },
  ),
);

export const sweepJobA = document(
  "Trainyard sweep, dialect A (the 2021 preview)",
  mapping(
    {
      ...besideA,
      type: word(["sweep_job"], "What kind of job this is.", { default: "sweep_job" }),
      trial: mapping({ ...keysOfCommandJobA, type: ignoredType }, "The job that each trial is.", {
        required: ["command", "environment", "compute"],
        not: hasBoth("distribution", "distributed"),
      }),
      search_space: searchSpace,
      algorithm: sampling,
      objective,
      early_termination: earlyTermination("policy_type"),
      max_total_trials: total,
      max_concurrent_trials: atOnce,
      timeout_minutes: number("The longest time of the whole sweep, in minutes.", { exclusiveMinimum: 0 }),
    },
    "A search for the best parameters of a command job. Written for the 2021 preview; `trainyard job convert` rewrites it in today's dialect.",
    { required: ["trial", "algorithm", "objective"] },
  ),
);
