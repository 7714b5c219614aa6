// One attempt as its story's steps see it: the order, its folder, and the ways to the server.
import type { WorkOrder } from "../../api/agents.ts";
import type { DatastoreDoor } from "../inputs/datastore-door.ts";
import type { AgentParts } from "./agent-parts.ts";
import type { AttemptFolder } from "./attempt-folder.ts";
import type { NodeLogs } from "./node-logs.ts";
import type { OrderView } from "./order-view.ts";
import type { Reporter } from "./reporter.ts";

export interface Attempt extends AgentParts {
  order: WorkOrder;
  /** In the environment of every process of this attempt, to know them by. */
  nonce: string;
  folder: AttemptFolder;
  wish: OrderView;
  reporter: Reporter;
  logs: NodeLogs;
  datastores: DatastoreDoor;
  /** For so long after its start nothing of it is sent that can wait: of a short one all goes with its end. */
  quietMs: number;
  /** Aborted when the agent leaves (the processes stay) or the server has closed the attempt. */
  signal: AbortSignal;
}
