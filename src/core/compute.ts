// A compute is a named target on an engine; its nodes are where attempts run.

export interface Compute {
  name: string;
  /** `local` is this machine; `amlcompute` a named cluster of logical nodes. */
  type: "local" | "amlcompute";
  size: string;
  tier: "dedicated" | "low_priority";
  minInstances: number;
  maxInstances: number;
  /** Seconds that a node without work stays before it goes. */
  idleSecondsBeforeScaleDown: number;
  description: string;
  tags: Record<string, string>;
  createdAt: number;
}

export const localCompute = "local";
