// Draws every parameter from its distribution, independent of all other trials.
import type { SearchSpace } from "../../core/sweep.ts";
import type { Sampler } from "../sampler.ts";
import { createDraw } from "./draw.ts";
import { flattenSpace, parametersAt } from "./flat-space.ts";

export function createRandomSampler(space: SearchSpace, seed: number): Sampler {
  const dimensions = flattenSpace(space);
  return {
    propose(_, number) {
      const draw = createDraw(seed, number);
      return parametersAt(dimensions, Float64Array.from(dimensions, draw));
    },
  };
}
