// What every attempt of one agent shares, built once at the door.
import type { Clock } from "../../lib/clock.ts";
import type { Log } from "../../lib/log.ts";
import type { NodeCache } from "../cache/node-cache.ts";
import type { EngineDoor } from "../containers/engine.ts";
import type { AgentConfig } from "../config.ts";
import type { EnvironmentShelf } from "../environments/environment-shelf.ts";
import type { Rubbish } from "../node/rubbish.ts";
import type { Caller } from "../node/server-link.ts";

export interface AgentParts {
  config: AgentConfig;
  call: Caller;
  cache: NodeCache;
  environments: EnvironmentShelf;
  engines: EngineDoor;
  rubbish: Rubbish;
  serverUrl: () => Promise<string>;
  /** Resolves once this agent has registered. */
  epoch: () => Promise<number>;
  clock: Clock;
  log: Log;
  /** Aborted when the agent leaves. */
  signal: AbortSignal;
}
