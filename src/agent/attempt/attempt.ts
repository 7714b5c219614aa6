// One attempt as its story's steps see it: the order, its folder, and the ways to the server.
import type { WorkOrder } from "../../api/agents.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Log } from "../../lib/log.ts";
import type { AttemptFolder } from "./attempt-folder.ts";
import type { AgentConfig } from "../config.ts";
import type { NodeLogs } from "./node-logs.ts";
import type { OrderView } from "./order-view.ts";
import type { Reporter } from "./reporter.ts";
import type { Caller } from "../node/server-link.ts";
import type { EngineDoor } from "../containers/engine.ts";
import type { NodeCache } from "../cache/node-cache.ts";
import type { EnvironmentShelf } from "../environments/environment-shelf.ts";
import type { DatastoreDoor } from "../inputs/datastore-door.ts";

export interface Attempt {
  order: WorkOrder;
  /** In the environment of every process of this attempt, to know them by. */
  nonce: string;
  folder: AttemptFolder;
  wish: OrderView;
  reporter: Reporter;
  logs: NodeLogs;
  call: Caller;
  cache: NodeCache;
  environments: EnvironmentShelf;
  engines: EngineDoor;
  datastores: DatastoreDoor;
  serverUrl: () => Promise<string>;
  /** Resolves once this agent has registered. */
  epoch: () => Promise<number>;
  config: AgentConfig;
  /** For so long after its start nothing of it is sent that can wait: of a short one all goes with its end. */
  quietMs: number;
  clock: Clock;
  log: Log;
  /** Aborted when the agent leaves (the processes stay) or the server has closed the attempt. */
  signal: AbortSignal;
}
