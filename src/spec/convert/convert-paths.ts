// Local paths, and where data comes from, in dialect C's one word for all of them: a path.
import path from "node:path";
import type { Scalar } from "yaml";
import { isReference, isUri, parseName } from "../text/reference.ts";
import {
  child,
  followPart,
  mapOfPart,
  scalarLike,
  textOf,
  warnAt,
  type Conversion,
  type MapPart,
  type Part,
} from "./yaml-parts.ts";

/** A path of the part's own file, as it is written in the new file. */
export function localPath(part: Part, to: Conversion, written = textOf(part) ?? ""): string {
  const isHere = part.source.folder === to.outFolder || path.isAbsolute(written);
  const shown = isHere
    ? written
    : path.relative(to.outFolder, path.resolve(part.source.folder, written)) || ".";
  // What looks like an address would be read as one.
  return isReference(shown) || isUri(shown) || shown.startsWith("file:") ? `./${shown}` : shown;
}

export const localPathScalar = (part: Part, to: Conversion): Scalar => scalarLike(part, localPath(part, to));

/** A path of dialects B and C, which may be an address too. */
export function anyPathScalar(part: Part, to: Conversion): Scalar {
  const written = textOf(part) ?? "";
  return isReference(written) || isUri(written) ? scalarLike(part, written) : localPathScalar(part, to);
}

export interface Place {
  value: Scalar;
  /** Known from the source alone. */
  type?: "uri_file" | "uri_folder";
  /** The mapping that it was taken from. */
  map?: MapPart;
  /** The key of the mapping whose comments the value carries. */
  kept: string;
}

/** `local_path`, `path`, or `path` on a `datastore` → one path. Undefined when the part is no such thing. */
export function placeOf(part: Part, to: Conversion): Place | undefined {
  const target = followPart(part);
  const written = textOf(target);
  if (written !== undefined) return { value: anyPathScalar(target, to), kept: "" };
  const map = mapOfPart(target);
  if (!map) return undefined;
  for (const key of ["tags", "name", "version"] as const) {
    const extra = child(map, key);
    if (extra && key === "tags") warnAt(extra, to, "tags of data have no place in dialect C: removed");
  }
  const local = child(map, "local_path");
  if (local) return { value: localPathScalar(local, to), map, kept: "local_path" };
  const remote = child(map, "path");
  const datastore = textOf(child(map, "datastore"));
  if (!remote) return undefined;
  const name = datastore === undefined ? undefined : parseName(datastore);
  const uri =
    typeof name === "string"
      ? `azureml://datastores/${name}/paths/${textOf(remote) ?? ""}`
      : (textOf(remote) ?? "");
  return { value: scalarLike(remote, uri), map, kept: "path" };
}
