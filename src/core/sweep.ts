// A sweep: a job whose steps are jobs. What is searched, how trials are proposed and given up, and what a trial is.

/** What a parameter of a trial may be. */
export type ParameterValue = string | number | boolean;

/** A value of `choice`: a plain one, or parameters of its own that exist only when it is chosen. */
export type ChoiceValue = ParameterValue | { [name: string]: ParameterValue | Distribution };

/**
 * Where the values of one parameter come from, as Azure ML's search spaces have them:
 * randint is a whole number in [0, upper); q… is round(x / q) · q of the one without q;
 * the bounds of log… are exponents of e, so that a value is exp(uniform(minValue, maxValue)).
 */
export type Distribution =
  | { type: "choice"; values: ChoiceValue[] }
  | { type: "randint"; upper: number }
  | { type: "uniform"; minValue: number; maxValue: number }
  | { type: "quniform"; minValue: number; maxValue: number; q: number }
  | { type: "loguniform"; minValue: number; maxValue: number }
  | { type: "qloguniform"; minValue: number; maxValue: number; q: number }
  | { type: "normal"; mu: number; sigma: number }
  | { type: "qnormal"; mu: number; sigma: number; q: number }
  | { type: "lognormal"; mu: number; sigma: number }
  | { type: "qlognormal"; mu: number; sigma: number; q: number };

export type SearchSpace = Record<string, Distribution>;

/**
 * The parameters of one trial. A chosen value with parameters of its own brings those in beside the choice's name, whose
 * value is then its place in the list, from 0, or what it holds under that name itself: `{ model: "net", rate: … }`.
 */
export type Parameters = Record<string, ParameterValue>;

export type Sampling =
  | { type: "random"; seed: number }
  /** A low-discrepancy sequence; logBase is kept as it was written. */
  | { type: "sobol"; seed: number; logBase?: number | "e" }
  | { type: "grid" }
  | { type: "bayesian"; seed: number };

export type EarlyTermination =
  | {
      type: "bandit";
      /** Exactly one of the two: a ratio, or a distance in the metric's unit. */
      slackFactor?: number;
      slackAmount?: number;
      evaluationInterval: number;
      delayEvaluation: number;
    }
  | { type: "median_stopping"; evaluationInterval: number; delayEvaluation: number }
  | {
      type: "truncation_selection";
      /** 1 to 99. */
      truncationPercentage: number;
      evaluationInterval: number;
      delayEvaluation: number;
      excludeFinishedJobs: boolean;
    }
  | {
      /** Asynchronous successive halving: rungs at minIntervals · reductionFactorᵏ, the best 1/reductionFactor go on. */
      type: "successive_halving";
      minIntervals: number;
      /** 2 or more. */
      reductionFactor: number;
    };

export interface Objective {
  /** The exact name of a metric that the trials log. */
  primaryMetric: string;
  goal: "minimize" | "maximize";
}

export interface SweepLimits {
  /** 1 to 1000 in Azure ML; here any whole number. */
  maxTotalTrials: number;
  maxConcurrentTrials: number;
  /** Of the whole sweep. */
  timeoutSeconds?: number;
  /** Of each trial. */
  trialTimeoutSeconds?: number;
}

export interface Sweep {
  searchSpace: SearchSpace;
  sampling: Sampling;
  objective: Objective;
  earlyTermination?: EarlyTermination;
  limits: SweepLimits;
  /** Runs of earlier sweeps over the same parameters, whose trials the sampler learns from. */
  resumeFrom?: string[];
  /** The trials that come first, before the sampler is asked. */
  first?: FirstTrial[];
}

export interface FirstTrial {
  parameters: Parameters;
  /** Names of the job's inputs that this trial alone is given, such as what an earlier trial has kept. */
  inputs: string[];
}

/** Which trial of which sweep a job is. */
export interface TrialOf {
  /** The run of the sweep. */
  sweep: string;
  /** Counts from 0. */
  number: number;
  parameters: Parameters;
}

export type TrialState = "waiting" | "running" | "completed" | "failed" | "canceled" | "stopped";

/** A trial as samplers and stoppers see it. */
export interface Trial {
  /** Counts from 0 in the order of the proposals; those of earlier sweeps are below 0. */
  number: number;
  parameters: Parameters;
  /** `stopped` is an early end by the sweep's own rule, which is no failure; `canceled` is one by a person or a limit. */
  state: TrialState;
  /** The primary metric, one value for each time that the trial logged it, in order; NaN where it logged that. */
  values: readonly number[];
}

/** As a trial's command and its variables get it: booleans as Python writes them, for `choice` values are mostly Python's. */
export const parameterText = (value: ParameterValue): string =>
  typeof value === "boolean" ? (value ? "True" : "False") : String(value);

export const parameterTexts = (parameters: Parameters = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, parameterText(value)]));
