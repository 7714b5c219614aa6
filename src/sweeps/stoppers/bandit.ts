// Bandit: gives up on a trial whose best is too far from the best of all trials.
import type { EarlyTermination } from "../../core/sweep.ts";
import type { Stopper } from "../stopper.ts";
import { bestUpTo, isBetter, isDue, isWorse, show } from "./standing.ts";
import type { Goal } from "./standing.ts";

type Rule = Extract<EarlyTermination, { type: "bandit" }>;

export function createBanditStopper(rule: Rule, goal: Goal): Stopper {
  return {
    shouldStop(trial, trials) {
      const interval = trial.values.length;
      if (!isDue(interval, rule)) return { stop: false, why: "" };
      let leader: { number: number; best: number } | undefined;
      for (const other of trials) {
        const best = bestUpTo(other, interval, goal);
        if (best === undefined || (leader && !isBetter(best, leader.best, goal))) continue;
        leader = { number: other.number, best };
      }
      if (!leader) return { stop: false, why: "" };
      const limit = limitOf(leader.best, rule, goal);
      const own = bestUpTo(trial, interval, goal);
      if (!isWorse(own, limit, goal)) return { stop: false, why: "" };
      const why = `bandit: at interval ${interval} its best is ${show(own)}, worse than ${show(limit)}, which is ${describe(rule)} from the best, ${show(leader.best)} of trial ${leader.number}`;
      return { stop: true, why };
    },
  };
}

/**
 * For a best above 0 exactly best / (1 + factor) where more is better and best · (1 + factor) where less is.
 * Taken literally below 0 these would lie on the better side of the best, and end every trial: the distance counts.
 */
function limitOf(best: number, { slackFactor, slackAmount = 0 }: Rule, goal: Goal): number {
  if (slackFactor === undefined) return goal === "maximize" ? best - slackAmount : best + slackAmount;
  if (goal === "minimize") return best >= 0 ? best * (1 + slackFactor) : best / (1 + slackFactor);
  return best >= 0 ? best / (1 + slackFactor) : best * (1 + slackFactor);
}

const describe = ({ slackFactor, slackAmount }: Rule): string =>
  slackFactor === undefined ? `a slack amount of ${slackAmount}` : `a slack factor of ${slackFactor}`;
