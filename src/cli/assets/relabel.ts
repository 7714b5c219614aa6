// A model's stage is a label: it stands on one version, and moves.
import type { AssetBody } from "../../api/assets.ts";
import { stageOf } from "../../spec/assets/describe-asset.ts";

export interface Relabeling {
  addLabels: string[];
  removeLabels: string[];
}

/** An empty stage, or `None`, takes the version out of the one it is in. */
export function relabel({ labels }: Pick<AssetBody, "labels">, stage: string): Relabeling {
  const before = stageOf(labels);
  const isNone = stage === "" || stage.toLowerCase() === "none";
  return {
    addLabels: isNone || labels.includes(stage) ? [] : [stage],
    removeLabels: before !== undefined && before !== stage ? [before] : [],
  };
}
