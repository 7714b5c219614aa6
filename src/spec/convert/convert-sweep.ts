// A sweep of dialect A or B as C writes it: inputs and compute beside the trial, the numbers under limits.
import { isMap, type Pair } from "yaml";
import {
  child,
  keyOf,
  mapOfPart,
  newMap,
  newPair,
  numberOf,
  rangeOf,
  scalarLike,
  type MapPart,
  type Part,
} from "./yaml-parts.ts";
import { changeOfKey, type KeyConversion } from "./convert-keys.ts";
import { columnOf, rewriteMapping, type Change, type Rewriting } from "./rewrite-mapping.ts";

export interface SweepRewriting {
  changeOf: (pair: Pair) => Change;
  /** What the trial gave to the sweep; complete once every key has been asked for. */
  added: Pair[];
}

export function rewriteSweep(
  root: MapPart,
  to: Omit<KeyConversion, "nodes" | "hoisted">,
  rewriting: Rewriting | undefined,
): SweepRewriting {
  const trial = mapOfPart(child(root, "trial"));
  const compute = trial && mapOfPart(child(trial, "compute"));
  const nodes = (compute && numberOf(child(compute, "instance_count"))) ?? 1;
  const hoisted: Pair[] = [];
  const forTrial: KeyConversion = { ...to, nodes, hoisted };
  // The trial first: a time limit of each trial belongs to the sweep's limits.
  const trialChange = trial && changeTrial(trial, root, forTrial, rewriting);
  const limits = limitsOf(root, takeOut(hoisted, "trial_timeout"));
  let limitsWritten = false;

  const changeOf = (pair: Pair): Change => {
    const key = keyOf(pair);
    const part = child(root, key);
    if (part === undefined) return "keep";
    if (key === "algorithm") return { pairs: [newPair("sampling_algorithm", part.node)] };
    if (key === "trial") return trialChange ?? "keep";
    if (key === "early_termination") return renamed(key, part, "policy_type", "type");
    if (limitKeys.includes(key)) {
      const first = !limitsWritten;
      limitsWritten = true;
      return { pairs: first ? [newPair("limits", newMap(limits))] : [] };
    }
    return changeOfKey(root, pair, { ...to, nodes });
  };
  return {
    changeOf,
    get added() {
      const rest = limits.length > 0 && !limitsWritten && !child(root, "limits");
      return [...hoisted, ...(rest ? [newPair("limits", newMap(limits))] : [])];
    },
  };
}

const limitKeys = ["max_total_trials", "max_concurrent_trials", "timeout_minutes"];

function limitsOf(root: MapPart, trialTimeout: Pair | undefined): Pair[] {
  const given = limitKeys.flatMap((key): Pair[] => {
    const part = child(root, key);
    if (!part) return [];
    return key === "timeout_minutes"
      ? [newPair("timeout", scalarLike(part, Math.ceil((numberOf(part) ?? 0) * 60)))]
      : [newPair(key, part.node)];
  });
  return trialTimeout ? [...given, trialTimeout] : given;
}

function takeOut(pairs: Pair[], key: string): Pair | undefined {
  const at = pairs.findIndex((pair) => keyOf(pair) === key);
  return at < 0 ? undefined : pairs.splice(at, 1)[0];
}

function changeTrial(
  trial: MapPart,
  root: MapPart,
  to: KeyConversion,
  rewriting: Rewriting | undefined,
): Change {
  const pairOf = root.node.items.find((pair) => keyOf(pair) === "trial");
  const isPlain = rewriting && trial.source === root.source && trial.node.flow !== true && pairOf;
  if (!isPlain) {
    const pairs = trial.node.items.flatMap((pair) => pairsOf(changeOfKey(trial, pair, to), pair));
    return { pairs: [newPair("trial", newMap(pairs))] };
  }
  const { text } = rewriting;
  const start = rangeOf(pairOf.key)[0] ?? 0;
  const first = rangeOf(trial.node.items[0]?.key)[0] ?? start;
  const from = first - columnOf(text, first);
  const inner = rewriteMapping(trial.node, rewriting, {
    from,
    changeOf: (pair) => changeOfKey(trial, pair, to),
  });
  return { raw: text.slice(start, from) + inner, pairs: [] };
}

export const pairsOf = (change: Change, pair: Pair): Pair[] => (change === "keep" ? [pair] : change.pairs);

function renamed(key: string, part: Part, from: string, name: string): Change {
  const map = mapOfPart(part);
  if (!map || !isMap(map.node)) return "keep";
  const pairs = map.node.items.map((pair) => (keyOf(pair) === from ? newPair(name, pair.value) : pair));
  return { pairs: [newPair(key, newMap(pairs, map.node))] };
}
