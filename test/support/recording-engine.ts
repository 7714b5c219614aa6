// An engine that starts nothing: it remembers what it was asked to place.
import type { Engine, Placement } from "../../src/engines/engine.ts";

export interface RecordingEngine extends Engine {
  readonly placements: Placement[];
  /** From now on no agent can be had, for this reason; undefined ends that. */
  refuse(reason: string | undefined): void;
}

export function createRecordingEngine(): RecordingEngine {
  const placements: Placement[] = [];
  let trouble: string | undefined;
  return {
    refuse: (reason) => void (trouble = reason),
    name: "recording",
    can: {
      queues: false,
      growsFromZero: true,
      manyNodes: false,
      gpus: false,
      preparesBeforePlacement: true,
    },
    placements,
    async place(placement) {
      if (trouble !== undefined) throw new Error(trouble);
      placements.push(placement);
    },
    machine: async () => ({ cores: 64, memoryBytes: 2 ** 40, gpus: [] }),
    look: async () => (placements.length > 0 ? "alive" : "gone"),
    stop: async () => {},
  };
}
