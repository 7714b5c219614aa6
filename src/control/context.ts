// What every step of control is given.
import type { Engine } from "../engines/engine.ts";
import type { SizeTable } from "../core/machine.ts";
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
  /** The log files of sweeps. Offsets and sizes in bytes; what overlaps with what is there changes nothing. */
  sweepLog: {
    size(run: string, path: string): Promise<number>;
    append(run: string, path: string, piece: { offset: number; text: string; close: boolean }): Promise<void>;
  };
  /** What sizes of virtual machines stand for, the person's own among them. */
  sizes: () => Promise<SizeTable>;
  /** Grows whenever the agent asks for orders. */
  heard: (agent: string) => number;
  /** Told after a change that an agent should know of. */
  ordersChanged: (agent: string) => void;
  /** Told after any change that people may watch. */
  changed: () => void;
  log: Log;
}

/** The agent of this machine's local engine. */
export const localAgent = "local";
