// Covers the space more evenly than chance does, by Sobol's sequence.
import type { SearchSpace } from "../../core/sweep.ts";
import type { Sampler } from "../sampler.ts";
import { flattenSpace, parametersAt } from "./flat-space.ts";
import { sobolPoint } from "./sobol-points.ts";

export function createSobolSampler(space: SearchSpace, seed: number): Sampler {
  const dimensions = flattenSpace(space);
  return {
    propose: (_, number) => parametersAt(dimensions, sobolPoint(dimensions.length, seed, number)),
  };
}
