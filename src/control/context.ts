// What every step of control is given.
import type { Engine } from "../engines/engine.ts";
import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import type { Store } from "../store/store.ts";

export interface ControlContext {
  store: Store;
  engine: Engine;
  clock: Clock;
  newId: () => string;
  /**
   * Registers what a job that succeeded asked for, before the job is Completed, and says what came of it. May be
   * called again after a restart.
   */
  registerOutputs: (run: string) => Promise<{ level: "info" | "warning"; message: string }[]>;
  /** Told after a change that an agent should know of. */
  ordersChanged: (agent: string) => void;
  /** Told after any change that people may watch. */
  changed: () => void;
  log: Log;
}

/** The agent of this machine's local engine. */
export const localAgent = "local";
