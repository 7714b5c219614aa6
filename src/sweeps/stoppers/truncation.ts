// Truncation selection: at each interval gives up on the worst so many per cent of the trials that have come so far.
import type { EarlyTermination, TrialState } from "../../core/sweep.ts";
import type { Stopper } from "../stopper.ts";
import { bestUpTo, isDue, isWorse, show } from "./standing.ts";
import type { Goal } from "./standing.ts";

type Rule = Extract<EarlyTermination, { type: "truncation_selection" }>;

export function createTruncationStopper(rule: Rule, goal: Goal): Stopper {
  return {
    shouldStop(trial, trials) {
      const interval = trial.values.length;
      if (!isDue(interval, rule)) return { stop: false, why: "" };
      const reached = trials.filter(
        ({ number, values, state }) =>
          number === trial.number ||
          (values.length >= interval && !(rule.excludeFinishedJobs && isFinished(state))),
      );
      const cut = Math.floor((reached.length * rule.truncationPercentage) / 100);
      const own = bestUpTo(trial, interval, goal);
      // Those that are level with a trial that stays, stay as well.
      const asBad = reached.filter((other) => !isWorse(own, bestUpTo(other, interval, goal), goal)).length;
      if (asBad > cut) return { stop: false, why: "" };
      const why = `truncation selection: at interval ${interval} its best, ${show(own)}, is among the worst ${rule.truncationPercentage} % of the ${reached.length} trials that have come so far`;
      return { stop: true, why };
    },
  };
}

const isFinished = (state: TrialState): boolean => state !== "running" && state !== "waiting";
