// What proposes the parameters of the next trial.
import type { Parameters, Trial } from "../core/sweep.ts";

export interface Sampler {
  /**
   * The parameters of trial `number`, which counts from 0; undefined when nothing is left to try.
   * A function of its arguments and of what the sampler was made from: asked again, after a restart
   * or on another machine, it answers the same. `trials` are those proposed so far, in any state and
   * any order, with or without trials of earlier sweeps; a sampler that does not learn ignores them.
   */
  propose(trials: readonly Trial[], number: number): Parameters | undefined;
  /** How many trials there are to propose, where that is bounded. */
  size?: number;
}
