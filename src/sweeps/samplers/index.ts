// Every way to propose trials, by the name that job files use.
import type { Objective, Sampling, SearchSpace } from "../../core/sweep.ts";
import type { Sampler } from "../sampler.ts";
import { createGridSampler } from "./grid.ts";
import { createRandomSampler } from "./random.ts";
import { createSobolSampler } from "./sobol.ts";

export function createSampler(space: SearchSpace, sampling: Sampling, _objective: Objective): Sampler {
  if (sampling.type === "grid") return createGridSampler(space);
  if (sampling.type === "sobol") return createSobolSampler(space, sampling.seed);
  return createRandomSampler(space, sampling.seed);
}

export function checkSearchSpace(_space: SearchSpace, _sampling: Sampling): { path: string; message: string }[] {
  return [];
}
