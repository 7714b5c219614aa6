// How a sweep samples, gives up, and ends, in the keys of each dialect.
import type { EarlyTermination, Objective, Sampling, SweepLimits } from "../core/sweep.ts";
import { note, noteExpected, type Place, type Reading } from "./text/notes.ts";
import {
  asMapping,
  boolean,
  childOf,
  countOrNone,
  count,
  defined,
  ignored,
  nonEmptyText,
  numberFrom,
  oneOf,
  readFields,
  required,
  type Reader,
} from "./text/read.ts";

const algorithms = ["random", "grid", "bayesian", "sobol"] as const;
const wholeFromZero = numberFrom(0, { whole: true });

/** A word, or in dialect C a mapping with a seed. Without a seed it is `newSeed`, which the spec then holds. */
export const samplingFrom =
  (newSeed: number): Reader<Sampling> =>
  (place, reading) => {
    if (place.node.kind !== "map") {
      const type = oneOf(algorithms, { anyCase: true })(place, reading);
      if (type === undefined) return undefined;
      return type === "grid" ? { type } : { type, seed: newSeed };
    }
    const table = {
      type: required(oneOf(algorithms, { anyCase: true })),
      seed: wholeFromZero,
      rule: oneOf(["random", "sobol"], { anyCase: true }),
      logbase: logBase,
    };
    const fields = readFields(place, table, reading);
    if (!fields?.type) return undefined;
    const seed = fields.seed ?? newSeed;
    if (fields.type === "grid") return { type: "grid" };
    if (fields.type === "bayesian") return { type: "bayesian", seed };
    if (fields.type === "sobol" || fields.rule === "sobol")
      return { type: "sobol", seed, ...defined({ logBase: fields.logbase }) };
    return { type: "random", seed };
  };

const logBase: Reader<number | "e"> = (place, reading) => {
  const { node } = place;
  const value = node.kind === "scalar" ? node.value : undefined;
  if (value === "e" || (typeof value === "number" && value > 0)) return value;
  return noteExpected(place, reading, "a number above 0, or e");
};

export const objective: Reader<Objective> = (place, reading) => {
  const table = {
    primary_metric: required(nonEmptyText),
    goal: required(oneOf(["minimize", "maximize"] as const, { anyCase: true })),
    type: ignored,
  };
  const fields = readFields(place, table, reading);
  if (!fields?.primary_metric || !fields.goal) return undefined;
  return { primaryMetric: fields.primary_metric, goal: fields.goal };
};

const policies = ["bandit", "median_stopping", "truncation_selection", "successive_halving"] as const;
const evaluation = { evaluation_interval: countOrNone, delay_evaluation: countOrNone };
const ratio = numberFrom(0, { whole: false });

/** `key` is what the dialect calls the kind of policy. */
export const earlyTerminationAs =
  (key: "policy_type" | "type"): Reader<EarlyTermination> =>
  (place, reading) => {
    const mapping = asMapping(place, reading);
    const at = mapping && childOf(mapping, key);
    if (!mapping) return undefined;
    if (!at)
      return note(mapping, reading, `the required key ${key} is missing; one of ${policies.join(", ")}`);
    const type = oneOf(policies, { anyCase: true })(at, reading);
    const word = { [key]: ignored };
    switch (type) {
      case undefined:
        return undefined;
      case "bandit": {
        const fields = readFields(
          mapping,
          { ...word, slack_factor: ratio, slack_amount: ratio, ...evaluation },
          reading,
        );
        if (!fields) return undefined;
        const { slack_factor: slackFactor, slack_amount: slackAmount } = fields;
        if ((slackFactor === undefined) === (slackAmount === undefined)) {
          return note(mapping, reading, "a bandit policy has exactly one of slack_factor and slack_amount", {
            hint: "slack_factor is a ratio to the best trial, slack_amount a distance from it.",
          });
        }
        return { type, ...defined({ slackFactor, slackAmount }), ...intervals(fields) };
      }
      case "median_stopping": {
        const fields = readFields(mapping, { ...word, ...evaluation }, reading);
        return fields && { type, ...intervals(fields) };
      }
      case "truncation_selection": {
        const table = {
          ...word,
          truncation_percentage: required(numberFrom(1, { whole: false, most: 99 })),
          exclude_finished_jobs: boolean,
          ...evaluation,
        };
        const fields = readFields(mapping, table, reading);
        if (fields?.truncation_percentage === undefined) return undefined;
        return {
          type,
          truncationPercentage: fields.truncation_percentage,
          excludeFinishedJobs: fields.exclude_finished_jobs ?? false,
          ...intervals(fields),
        };
      }
      case "successive_halving": {
        const table = { ...word, min_intervals: count, reduction_factor: numberFrom(2, { whole: false }) };
        const fields = readFields(mapping, table, reading);
        return (
          fields && {
            type,
            minIntervals: fields.min_intervals ?? 1,
            reductionFactor: fields.reduction_factor ?? 4,
          }
        );
      }
    }
  };

/** One how-to page of Azure ML says 0 for every time, which is what 1 means. */
const intervals = (fields: {
  evaluation_interval: number | undefined;
  delay_evaluation: number | undefined;
}): { evaluationInterval: number; delayEvaluation: number } => ({
  evaluationInterval: fields.evaluation_interval || 1,
  delayEvaluation: fields.delay_evaluation ?? 0,
});

/** As the service has it. */
const defaultTotal = 1000;

interface GivenLimits {
  total: number | undefined;
  concurrent: number | undefined;
  timeoutSeconds: number | undefined;
  trialTimeoutSeconds: number | undefined;
}

/** `place` is where a fault of their combination is told. */
export function checkedLimits(given: GivenLimits, place: Place, reading: Reading): SweepLimits {
  const maxTotalTrials = given.total ?? defaultTotal;
  const concurrent = given.concurrent ?? maxTotalTrials;
  if (concurrent > maxTotalTrials) {
    note(
      place,
      reading,
      `max_concurrent_trials is ${concurrent}, more than the ${maxTotalTrials} trials in all`,
    );
  }
  return {
    maxTotalTrials,
    maxConcurrentTrials: concurrent,
    ...defined({ timeoutSeconds: given.timeoutSeconds, trialTimeoutSeconds: given.trialTimeoutSeconds }),
  };
}

const seconds = numberFrom(0, { whole: true, above: true });

export const limitsOfSweep: Reader<SweepLimits> = (place, reading) => {
  const table = {
    max_total_trials: count,
    max_concurrent_trials: count,
    timeout: seconds,
    trial_timeout: seconds,
    type: ignored,
  };
  const fields = readFields(place, table, reading);
  return (
    fields &&
    checkedLimits(
      {
        total: fields.max_total_trials,
        concurrent: fields.max_concurrent_trials,
        timeoutSeconds: fields.timeout,
        trialTimeoutSeconds: fields.trial_timeout,
      },
      place,
      reading,
    )
  );
};
