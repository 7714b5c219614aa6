// Every way to give up on trials early, by the name that job files use.
import type { EarlyTermination, Objective } from "../../core/sweep.ts";
import type { Stopper } from "../stopper.ts";
import { createBanditStopper } from "./bandit.ts";
import { createHalvingStopper } from "./halving.ts";
import { createMedianStopper } from "./median.ts";
import { createTruncationStopper } from "./truncation.ts";

export function createStopper(rule: EarlyTermination, { goal }: Objective): Stopper {
  switch (rule.type) {
    case "bandit":
      return createBanditStopper(rule, goal);
    case "median_stopping":
      return createMedianStopper(rule, goal);
    case "truncation_selection":
      return createTruncationStopper(rule, goal);
    case "successive_halving":
      return createHalvingStopper(rule, goal);
  }
}
