// Where and over how much a job runs: compute, resources, distribution, limits and identity in dialect C's words.
import { Scalar, type Pair } from "yaml";
import {
  child,
  innerComments,
  keyOf,
  mapOfPart,
  moved,
  newMap,
  newPair,
  numberOf,
  scalarLike,
  textOf,
  warnAt,
  type Conversion,
  type Part,
} from "./yaml-parts.ts";

/** `compute.target` and what stands beside it → `compute`, and the members of `resources`. */
export function convertCompute(part: Part, to: Conversion): { compute: Pair; resources: Pair[] } | undefined {
  const map = mapOfPart(part);
  const target = map && child(map, "target");
  if (!map || !target) return undefined;
  const written = textOf(target) ?? "";
  const isBare = written !== "local" && !written.startsWith("azureml:") && !written.startsWith("/");
  const value = scalarLike(target, isBare ? `azureml:${written}` : written);
  for (const key of ["location", "properties"]) {
    const lost = child(map, key);
    if (lost) warnAt(lost, to, `compute.${key} has no equal in dialect C, where it had no meaning: removed`);
  }
  const resources = map.node.items
    .filter((pair) => ["instance_count", "instance_type"].includes(keyOf(pair)) && child(map, keyOf(pair)))
    .map((pair) => newPair(keyOf(pair), pair.value, commentOf(pair)));
  return {
    compute: newPair("compute", value, ownComments(map.node.items, map.node.commentBefore)),
    resources,
  };
}

/** Of the mapping and of its target; the other keys keep theirs. */
const ownComments = (pairs: readonly Pair[], before: string | null | undefined): string =>
  [before, ...pairs.filter((pair) => keyOf(pair) === "target").map(commentOf)]
    .filter((text) => text != null)
    .join("\n");

const commentOf = (pair: Pair): string | undefined =>
  pair.key instanceof Scalar ? (pair.key.commentBefore ?? undefined) : undefined;

/** Dialect A counts the processes of the whole job, C those of one node. */
export function convertDistribution(part: Part, nodes: number, to: Conversion): unknown {
  const map = mapOfPart(part);
  if (!map) return moved(part);
  const type = textOf(child(map, "type"))?.toLowerCase();
  const pairs = map.node.items.map((pair) => {
    const value = child(map, keyOf(pair));
    if (keyOf(pair) !== "process_count" || !value) return pair;
    const processes = numberOf(value) ?? nodes;
    const each = Math.ceil(processes / nodes);
    if (each * nodes !== processes) {
      warnAt(
        value,
        to,
        `${processes} processes on ${nodes} nodes cannot be written as a number a node: ${each} a node are ${each * nodes}`,
        `Choose a process_count that ${nodes} divides.`,
      );
    }
    return newPair("process_count_per_instance", scalarLike(value, each));
  });
  const isCounted = pairs.some((pair) => keyOf(pair) === "process_count_per_instance");
  if (type === "mpi" && !isCounted) pairs.push(newPair("process_count_per_instance", 1));
  return newMap(pairs, map.node);
}

/** Seconds, of which dialect C takes whole ones only. */
export function convertTimeout(part: Part, to: Conversion): unknown {
  const seconds = numberOf(part) ?? 0;
  const whole = Math.ceil(seconds);
  if (whole !== seconds) warnAt(part, to, `limits.timeout takes whole seconds: ${seconds} became ${whole}`);
  return scalarLike(part, whole);
}

export function convertIdentity(part: Part): unknown {
  const map = mapOfPart(part);
  const type = map && child(map, "type");
  if (map && type && textOf(type)?.toLowerCase() === "amltoken")
    map.node.set("type", scalarLike(type, "aml_token"));
  return map?.node ?? moved(part);
}

export function convertCode(part: Part, to: Conversion, place: (part: Part) => Scalar | undefined): Pair {
  const map = mapOfPart(part);
  const description = map && child(map, "description");
  if (description) warnAt(description, to, "code has no description in dialect C: removed");
  const value = place(part);
  const kept = map && child(map, "local_path") ? "local_path" : "path";
  return newPair("code", value ?? moved(part), map && innerComments(map.node, kept));
}
