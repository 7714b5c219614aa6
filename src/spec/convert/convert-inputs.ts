// Inputs and outputs of dialects A and B as C writes them: a literal, or a mapping with type, path and mode.
import { statSync } from "node:fs";
import path from "node:path";
import { isMap, isScalar, type Pair } from "yaml";
import {
  child,
  followPart,
  innerComments,
  keyOf,
  keysOf,
  mapOfPart,
  moved,
  newMap,
  newPair,
  scalarLike,
  textOf,
  type Conversion,
  type MapPart,
  type Part,
} from "./yaml-parts.ts";
import { anyPathScalar, placeOf, type Place } from "./convert-paths.ts";
import { isReference, isUri } from "../text/reference.ts";

/** `inputs: …`, whatever stands there, with its own comments. */
export const convertInputs = (part: Part, to: Conversion): unknown =>
  convertEach(part, (input) => convertInput(input, to));

export const convertOutputs = (part: Part): unknown => convertEach(part, (output) => convertOutput(output));

function convertEach(part: Part, convert: (one: Part) => unknown): unknown {
  const map = mapOfPart(part);
  if (!map) return moved(part);
  const pairs = map.node.items.map((pair) => {
    const one = child(map, keyOf(pair));
    if (one) pair.value = convert(one);
    return pair;
  });
  const converted = newMap(pairs, map.node);
  converted.comment = map.node.comment ?? null;
  converted.commentBefore = map.node.commentBefore ?? null;
  return converted;
}

const forms = ["data", "dataset", "file", "folder"] as const;

function convertInput(part: Part, to: Conversion): unknown {
  const map = mapOfPart(part);
  if (!map) return moved(part);
  const form = forms.find((key) => child(map, key));
  if (form === undefined) return withPaths(map, to);
  const source = child(map, form)!;
  const place: Place | undefined =
    form === "data" || form === "dataset"
      ? placeOf(source, to)
      : { value: anyPathScalar(source, to), type: form === "file" ? "uri_file" : "uri_folder", kept: "" };
  if (!place) return moved(part);
  const type = child(map, "type") ? undefined : (place.type ?? typeOf(source, place, to));
  const pairs = map.node.items.flatMap((pair): Pair[] => {
    const key = keyOf(pair);
    if (key === form) {
      const comments = [
        isScalar(pair.key) ? pair.key.commentBefore : undefined,
        place.map && innerComments(place.map.node, place.kept),
      ].filter((text) => text != null && text !== "");
      const path = newPair("path", place.value, comments.join("\n"));
      const description = place.map && child(place.map, "description");
      return [
        ...(type === undefined ? [] : [newPair("type", type)]),
        path,
        ...(description && !child(map, "description") ? [newPair("description", description.node)] : []),
      ];
    }
    const value = child(map, key);
    if (value && key === "mode" && textOf(value)?.toLowerCase() === "mount")
      return [newPair(key, scalarLike(value, "ro_mount"))];
    return value ? [pair] : [];
  });
  return newMap(pairs, map.node);
}

/** Dialect C takes data for a folder unless it says otherwise, and A never said. */
function typeOf(source: Part, place: Place, to: Conversion): Place["type"] {
  if (place.map === undefined && textOf(followPart(source))?.startsWith("azureml:")) return undefined;
  const written = String(place.value.value);
  if (/^https?:/i.test(written)) return "uri_file";
  if (isReference(written) || isUri(written)) return undefined;
  return statSync(path.resolve(to.outFolder, written)).isFile() ? "uri_file" : "uri_folder";
}

/** An input or output that is dialect C already, but whose file may move. */
function withPaths(map: MapPart, to: Conversion): unknown {
  const target = child(map, "path");
  if (target && map.source.folder !== to.outFolder && isMap(map.node)) {
    map.node.set("path", anyPathScalar(target, to));
  }
  return map.node;
}

function convertOutput(part: Part): unknown {
  const map = mapOfPart(part);
  const form = map && (["folder", "file"] as const).find((key) => child(map, key));
  if (!map || form === undefined) return map?.node ?? moved(part);
  const isTyped = keysOf(map).includes("type");
  const pairs = map.node.items.flatMap((pair): Pair[] => {
    if (keyOf(pair) !== form) return [pair];
    const path = newPair("path", pair.value);
    return form === "file" && !isTyped ? [newPair("type", "uri_file"), path] : [path];
  });
  return newMap(pairs, map.node);
}
