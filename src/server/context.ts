// What every route is given, built once in start.ts.
import type { Blobs } from "../blobs/blobs.ts";
import type { GrowingFiles } from "../blobs/growing-files.ts";
import type { Machine } from "../core/machine.ts";
import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import type { Store } from "../store/store.ts";
import type { ServerConfig } from "./config.ts";
import type { Sizes } from "./jobs/sizes.ts";
import type { Nudges } from "./nudges.ts";
import type { Seal } from "./assets/seal.ts";
import type { StudioLinks } from "./http/studio-session.ts";
import type { Tokens } from "./http/tokens.ts";

export interface ServerContext {
  config: ServerConfig;
  store: Store;
  blobs: Blobs;
  growing: GrowingFiles;
  tokens: Tokens;
  seal: Seal;
  studioLinks: StudioLinks;
  nudges: Nudges;
  clock: Clock;
  log: Log;
  newId: () => string;
  /** What the engine can share out among nodes. */
  machine: () => Promise<Machine>;
  sizes: Sizes;
  /** Where people and agents reach this server. */
  url: () => string;
  /** Asks control for a turn. */
  nudgeControl: () => void;
  /** A job for this machine is on its way: its agent may as well start now. */
  expectJob: () => void;
  /** Ends the server after the present answer. */
  shutDown: () => void;
  /** Aborts when the server ends. */
  ending: AbortSignal;
}
