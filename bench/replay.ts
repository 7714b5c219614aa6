// Learning curves that were recorded once, played again under a rule of early termination.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { EarlyTermination, Objective, Trial } from "../src/core/sweep.ts";
import { createStopper } from "../src/sweeps/stoppers/index.ts";

export type Goal = Objective["goal"];

/** The curves of bench/learning-curves.json as accuracies, or as errors where these are to be made small. */
export function readCurves(goal: Goal): number[][] {
  const text = readFileSync(join(import.meta.dirname, "learning-curves.json"), "utf8");
  const { checked, correct } = JSON.parse(text) as { checked: number; correct: (number | null)[][] };
  const share = (count: number) => (goal === "maximize" ? count / checked : (checked - count) / checked);
  return correct.map((curve) => curve.map((count) => (count === null ? Number.NaN : share(count))));
}

/** How many trials run at a time. */
export const atOnce = 20;

/** The interval at which each trial was stopped, 0 where it was not: trials log in turns and the next begins when one ends. */
export function replay(curves: readonly (readonly number[])[], rule: EarlyTermination, goal: Goal): number[] {
  const stopper = createStopper(rule, { primaryMetric: "value", goal });
  const trials: (Trial & { values: number[] })[] = [];
  const stopped = curves.map(() => 0);
  for (;;) {
    let open = trials.filter(({ state }) => state === "running");
    while (open.length < atOnce && trials.length < curves.length) {
      trials.push({ number: trials.length, parameters: {}, state: "running", values: [] });
      open = [...open, trials.at(-1)!];
    }
    if (open.length === 0) return stopped;
    for (const trial of open) {
      const curve = curves[trial.number]!;
      trial.values.push(curve[trial.values.length]!);
      const { stop } = stopper.shouldStop(trial, trials);
      if (stop) stopped[trial.number] = trial.values.length;
      if (stop || trial.values.length === curve.length) trial.state = stop ? "stopped" : "completed";
    }
  }
}

/** The same by the independent reading of the rules in bench/stoppers_plain.py. */
export function replayPlainly(
  curves: readonly (readonly number[])[],
  rules: readonly EarlyTermination[],
  goal: Goal,
): number[][] {
  const input = JSON.stringify({ curves, rules, atOnce, goal });
  const { status, stdout, stderr } = spawnSync("python3", [join(import.meta.dirname, "stoppers_plain.py")], {
    input,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`stoppers_plain.py ended with ${status}: ${stderr}`);
  return JSON.parse(stdout) as number[][];
}

export const rules: readonly EarlyTermination[] = [
  { type: "bandit", slackFactor: 0.1, evaluationInterval: 1, delayEvaluation: 5 },
  { type: "bandit", slackAmount: 0.2, evaluationInterval: 3, delayEvaluation: 4 },
  { type: "median_stopping", evaluationInterval: 1, delayEvaluation: 5 },
  {
    type: "truncation_selection",
    truncationPercentage: 20,
    evaluationInterval: 3,
    delayEvaluation: 0,
    excludeFinishedJobs: false,
  },
  {
    type: "truncation_selection",
    truncationPercentage: 20,
    evaluationInterval: 3,
    delayEvaluation: 0,
    excludeFinishedJobs: true,
  },
  { type: "successive_halving", minIntervals: 1, reductionFactor: 3 },
];
