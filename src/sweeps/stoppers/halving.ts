// Asynchronous successive halving (Li et al. 2020): at each rung only the best 1 / factor of those that reached it go on.
import type { EarlyTermination } from "../../core/sweep.ts";
import type { Stopper } from "../stopper.ts";
import { bestUpTo, isWorse, show } from "./standing.ts";
import type { Goal } from "./standing.ts";

type Rule = Extract<EarlyTermination, { type: "successive_halving" }>;

export function createHalvingStopper({ minIntervals, reductionFactor }: Rule, goal: Goal): Stopper {
  return {
    shouldStop(trial, trials) {
      const rung = trial.values.length;
      if (!isRung(rung, minIntervals, reductionFactor)) return { stop: false, why: "" };
      const reached = trials.filter(({ values }) => values.length >= rung);
      // Nobody waits for the others: the first to come always goes on.
      const places = Math.max(1, Math.floor(reached.length / reductionFactor));
      const own = bestUpTo(trial, rung, goal);
      const ahead = reached.filter((other) => isWorse(own, bestUpTo(other, rung, goal), goal)).length;
      if (ahead < places) return { stop: false, why: "" };
      const why = `successive halving: at rung ${rung} its best, ${show(own)}, is number ${ahead + 1} of ${reached.length}, and the best ${places} went on`;
      return { stop: true, why };
    },
  };
}

/** Rungs are at minIntervals · factorᵏ, rounded where the factor is no whole number. */
function isRung(interval: number, minIntervals: number, factor: number): boolean {
  let rung = minIntervals;
  while (Math.round(rung) < interval) rung *= factor;
  return Math.round(rung) === interval;
}
