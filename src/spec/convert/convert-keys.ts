// The keys of a job, and of a sweep's trial, one by one: what stands for each of them in dialect C.
import { isScalar, Scalar, type Pair } from "yaml";
import type { CommandPart } from "../../core/command.ts";
import { parseSingleBraces } from "../parse-command.ts";
import {
  child,
  followPart,
  keyOf,
  newMap,
  newPair,
  rangeOf,
  scalarLike,
  textOf,
  warnAt,
  type Conversion,
  type MapPart,
  type Part,
} from "./yaml-parts.ts";
import {
  convertCode,
  convertCompute,
  convertDistribution,
  convertIdentity,
  convertTimeout,
} from "./convert-compute.ts";
import { convertEnvironment } from "./convert-environment.ts";
import { convertInputs, convertOutputs } from "./convert-inputs.ts";
import { placeOf } from "./convert-paths.ts";
import { endOfPair, type Change } from "./rewrite-mapping.ts";

export interface KeyConversion extends Conversion {
  /** Whether placeholders have single braces, as dialect A writes them. */
  singleBraces: boolean;
  nodes: number;
  /** Set for a sweep's trial: takes what dialect C writes beside the trial and not in it. */
  hoisted?: Pair[];
}

/** What becomes of one key of the mapping. Every result is compared with what was there, so the same stays to the letter. */
export function changeOfKey(map: MapPart, pair: Pair, to: KeyConversion): Change {
  const key = keyOf(pair);
  const part = child(map, key);
  const before = JSON.stringify(pair.value);
  const change = part ? changeOf(key, pair, part, to) : hasEqual(key) ? "keep" : { pairs: [] };
  if (change === "keep" || change.raw !== undefined) return change;
  const [only] = change.pairs;
  const isSame =
    change.pairs.length === 1 &&
    only !== undefined &&
    keyOf(only) === key &&
    JSON.stringify(only.value) === before;
  return isSame ? "keep" : change;
}

/** Keys that an empty value may stay under. */
const hasEqual = (key: string): boolean => !["timeout", "output", "distributed"].includes(key);

function changeOf(key: string, pair: Pair, part: Part, to: KeyConversion): Change {
  const one = (value: unknown): Change => ({ pairs: [newPair(key, value)] });
  switch (key) {
    case "type":
      return one(scalarLike(part, (textOf(part) ?? "").replace(/_job$/, "")));
    case "command":
      return to.singleBraces ? convertCommand(pair, part) : "keep";
    case "code":
      return { pairs: [convertCode(part, to, (place) => placeOf(place, to)?.value)] };
    case "inputs":
      return to.hoisted ? hoist(newPair(key, convertInputs(part, to)), to) : one(convertInputs(part, to));
    case "outputs":
      return one(convertOutputs(part));
    case "environment":
      return one(convertEnvironment(part, to));
    case "compute":
      return changeCompute(part, to);
    case "distribution":
    case "distributed":
      return { pairs: [newPair("distribution", convertDistribution(part, to.nodes, to))] };
    case "timeout":
      return changeTimeout(part, to);
    case "identity":
      return one(convertIdentity(part));
    case "output":
      warnAt(
        part,
        to,
        "output says where all files of the job go, which has no equal in dialect C: removed",
        "Declare outputs.<name> with a path for what has to be elsewhere.",
      );
      return { pairs: [] };
    case "tags":
    case "properties":
    case "environment_variables":
      return one(followPart(part).node);
    default:
      return "keep";
  }
}

function changeCompute(part: Part, to: KeyConversion): Change {
  const converted = convertCompute(part, to);
  if (!converted) return "keep";
  const { compute, resources } = converted;
  const beside = resources.length > 0 ? [newPair("resources", newMap(resources))] : [];
  if (!to.hoisted) return { pairs: [compute, ...beside] };
  to.hoisted.push(compute);
  return { pairs: beside };
}

function changeTimeout(part: Part, to: KeyConversion): Change {
  const seconds = convertTimeout(part, to);
  if (to.hoisted) return hoist(newPair("trial_timeout", seconds), to);
  return { pairs: [newPair("limits", newMap([newPair("timeout", seconds)]))] };
}

function hoist(pair: Pair, to: KeyConversion): Change {
  to.hoisted?.push(pair);
  return { pairs: [] };
}

/** In the text itself, so that folds, quotes and comments stay as they are. */
function convertCommand(pair: Pair, part: Part): Change {
  const { text } = part.source;
  const start = rangeOf(pair.key)[0] ?? 0;
  const raw = doubled(text.slice(start, endOfPair(pair, text)));
  const value = isScalar(part.node) ? part.node : new Scalar("");
  const scalar = scalarLike(part, doubled(String(value.value)));
  if (value.type !== undefined) scalar.type = value.type;
  return { raw, pairs: [newPair("command", scalar)] };
}

const doubled = (text: string): string => parseSingleBraces(text).map(doubledPart).join("");

const doubledPart = (part: CommandPart): string =>
  "text" in part ? part.text : "binding" in part ? `\${{${part.binding}.${part.name}}}` : "";
