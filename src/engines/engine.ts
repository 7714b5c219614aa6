// What an engine is: it gives nodes, starts an agent on them, and says what became of it. Nothing else.

import type { Machine } from "../core/machine.ts";

export interface Placement {
  /** The agent's name: it registers with the server under it. */
  agent: string;
  nodeCount: number;
  /** Grows whenever the server hears of the agent; an engine that can takes one that stays silent for dead. */
  heard?: number;
}

/** What an engine can do by itself. Control does the rest, or refuses at submit. */
export interface EngineAbilities {
  /** Queues and gang-schedules; otherwise control's planner does. */
  readonly queues: boolean;
  readonly growsFromZero: boolean;
  readonly manyNodes: boolean;
  readonly gpus: boolean;
  /** Agents can prepare a job (environment, code) before it has a node. */
  readonly preparesBeforePlacement: boolean;
}

/**
 * Every method may be called at any time, again and again, and after a restart of the server: an engine keeps
 * nothing that it could not read back from the world.
 */
export interface Engine {
  readonly name: string;
  readonly can: EngineAbilities;

  /**
   * Makes sure that an agent for this placement lives or will. Where one lives already, nothing happens. Throws
   * with a sentence for people when none can be had for now; asking again is right.
   */
  place(placement: Placement): Promise<void>;

  /** `alive` also while it is starting; `gone` when there is none and none will come by itself. */
  look(agent: string): Promise<"alive" | "gone">;

  /** What there is to share out among nodes. */
  machine(): Promise<Machine>;

  /** Ends the agent, not the jobs that it carries. */
  stop(agent: string): Promise<void>;
}
