// What every command is given. Built in command-line.ts; nothing here is global.
import type { Clock } from "../lib/clock.ts";
import type { Config } from "./config.ts";
import type { Io } from "./io.ts";

export interface Context {
  config: Config;
  io: Io;
  clock: Clock;
  /** Aborts at the first Ctrl-C, for commands that asked to be told; without one, Ctrl-C ends the process. */
  interrupted: () => AbortSignal;
}
