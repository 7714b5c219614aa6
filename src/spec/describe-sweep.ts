// What makes a job a sweep → the YAML words of its dialect, around the job that each trial is.
import type { Dialect } from "../core/job-spec.ts";
import type { ChoiceValue, Distribution, EarlyTermination, Sampling, Sweep } from "../core/sweep.ts";
import { defined } from "./text/read.ts";

type Words = Record<string, unknown>;

/** The keys of a job that stand in the trial and not beside it. */
const trialKeysA = [
  "code",
  "command",
  "inputs",
  "environment",
  "environment_variables",
  "compute",
  "distribution",
  "timeout",
];
const trialKeysC = ["code", "command", "environment", "environment_variables", "distribution", "resources"];

/** `job` is the trial's own description. */
export function describeSweep(dialect: Dialect, sweep: Sweep, job: Words): Words {
  const isA = dialect === "A";
  const { limits: trialLimit, ...rest } = job as { limits?: { timeout?: number } } & Words;
  const trialKeys = isA ? trialKeysA : trialKeysC;
  const inTrial = Object.entries(rest).filter(([key]) => trialKeys.includes(key));
  const beside = Object.entries(rest).filter(([key]) => !trialKeys.includes(key));
  const { limits, earlyTermination } = sweep;
  return {
    ...Object.fromEntries(beside),
    type: isA ? "sweep_job" : "sweep",
    trial: defined(Object.fromEntries(inTrial)),
    ...(isA ? { algorithm: sweep.sampling.type } : { sampling_algorithm: samplingWords(sweep.sampling) }),
    search_space: spaceWords(sweep.searchSpace),
    objective: { primary_metric: sweep.objective.primaryMetric, goal: sweep.objective.goal },
    early_termination: earlyTermination && policyWords(isA ? "policy_type" : "type", earlyTermination),
    ...(isA
      ? {
          max_total_trials: limits.maxTotalTrials,
          max_concurrent_trials: limits.maxConcurrentTrials,
          timeout_minutes: limits.timeoutSeconds === undefined ? undefined : limits.timeoutSeconds / 60,
        }
      : {
          limits: defined({
            max_total_trials: limits.maxTotalTrials,
            max_concurrent_trials: limits.maxConcurrentTrials,
            timeout: limits.timeoutSeconds,
            trial_timeout: limits.trialTimeoutSeconds ?? trialLimit?.timeout,
          }),
        }),
  };
}

function samplingWords(sampling: Sampling): unknown {
  switch (sampling.type) {
    case "grid":
      return { type: "grid" };
    case "sobol":
      return defined({ type: "random", rule: "sobol", seed: sampling.seed, logbase: sampling.logBase });
    default:
      return { type: sampling.type, seed: sampling.seed };
  }
}

const spaceWords = (space: Record<string, Distribution>): Words =>
  Object.fromEntries(Object.entries(space).map(([name, one]) => [name, distributionWords(one)]));

function distributionWords(distribution: Distribution): Words {
  if (distribution.type === "choice") {
    return { type: "choice", values: distribution.values.map(choiceWords) };
  }
  return inSnakeCase(distribution);
}

const choiceWords = (value: ChoiceValue): unknown =>
  typeof value === "object"
    ? Object.fromEntries(
        Object.entries(value).map(([name, inner]) => [
          name,
          typeof inner === "object" ? distributionWords(inner) : inner,
        ]),
      )
    : value;

function policyWords(key: "policy_type" | "type", { type, ...rest }: EarlyTermination): Words {
  return { [key]: type, ...inSnakeCase(rest) };
}

const inSnakeCase = (values: object): Words =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value as unknown,
    ]),
  );
