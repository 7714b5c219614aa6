// An engine that starts nothing: it remembers what it was asked to place.
import type { Engine, Placement } from "../../src/engines/engine.ts";

export interface RecordingEngine extends Engine {
  readonly placements: Placement[];
}

export function createRecordingEngine(): RecordingEngine {
  const placements: Placement[] = [];
  return {
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
      placements.push(placement);
    },
    look: async () => (placements.length > 0 ? "alive" : "gone"),
    stop: async () => {},
  };
}
