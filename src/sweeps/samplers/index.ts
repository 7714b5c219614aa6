// Every way to propose trials, by the name that job files use.
import type { Objective, Sampling, SearchSpace } from "../../core/sweep.ts";
import type { Sampler } from "../sampler.ts";
import { createBayesianSampler } from "./bayesian.ts";
import { createGridSampler } from "./grid.ts";
import { createRandomSampler } from "./random.ts";
import { createSobolSampler } from "./sobol.ts";

export { checkSearchSpace } from "./check-space.ts";

/** The space has been found right by `checkSearchSpace`. */
export function createSampler(space: SearchSpace, sampling: Sampling, objective: Objective): Sampler {
  switch (sampling.type) {
    case "random":
      return createRandomSampler(space, sampling.seed);
    case "sobol":
      return createSobolSampler(space, sampling.seed);
    case "grid":
      return createGridSampler(space);
    case "bayesian":
      return createBayesianSampler(space, sampling.seed, objective);
  }
}
