// What gives up on trials early.
import type { Trial } from "../core/sweep.ts";

export interface Stopper {
  /**
   * Whether the trial should end now, judged after its newest value. `trials` are all of the sweep, it among them.
   * A function of its arguments: asked again it answers the same.
   */
  shouldStop(trial: Trial, trials: readonly Trial[]): { stop: boolean; why: string };
}
