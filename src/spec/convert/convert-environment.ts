// An environment of dialect A or B as C writes it: image or build at its top, conda_file as a plain path.
import path from "node:path";
import { Scalar, type Pair } from "yaml";
import {
  child,
  followPart,
  innerComments,
  keyOf,
  mapOfPart,
  moved,
  newMap,
  newPair,
  scalarLike,
  textOf,
  warnAt,
  type Conversion,
  type MapPart,
  type Part,
} from "./yaml-parts.ts";
import { localPath, localPathScalar } from "./convert-paths.ts";
import { isReference } from "../text/reference.ts";

export function convertEnvironment(part: Part, to: Conversion): unknown {
  const map = mapOfPart(part);
  if (!map) return moved(followPart(part));
  const context = child(map, "local_path") ?? child(map, "path");
  const pairs = map.node.items.flatMap((pair): Pair[] => {
    const key = keyOf(pair);
    const value = child(map, key);
    if (!value) return [];
    switch (key) {
      case "docker":
        return [...convertDocker(value, context, to), ...convertEnabled(value)];
      case "build":
        return [newPair("build", convertBuild(value, to))];
      case "conda_file":
        return [newPair("conda_file", convertConda(value, to), commentOf(pair))];
      case "$schema":
        return [];
      case "name":
      case "version":
        warnAt(value, to, `an environment inside a job has no ${key} in dialect C: removed`);
        return [];
      case "local_path":
      case "path":
        if (!child(map, "docker")) warnAt(value, to, `${key} says nothing without docker.build: removed`);
        return [];
      case "datastore":
        warnAt(value, to, "datastore has no equal in an environment of dialect C: removed");
        return [];
      default:
        return [pair];
    }
  });
  const converted = newMap(pairs, map.node);
  converted.comment = map.node.comment ?? null;
  converted.commentBefore = map.node.commentBefore ?? null;
  return converted;
}

const commentOf = (pair: Pair): string | undefined =>
  pair.key instanceof Scalar ? (pair.key.commentBefore ?? undefined) : undefined;

function convertEnabled(part: Part): Pair[] {
  const docker = mapOfPart(part);
  const enabled = docker && child(docker, "enabled");
  return enabled && textOf(enabled) === "false" ? [newPair("use_container", false)] : [];
}

function convertDocker(part: Part, context: Part | undefined, to: Conversion): Pair[] {
  const docker = mapOfPart(part);
  const image = docker && child(docker, "image");
  if (image) return [newPair("image", scalarLike(image, textOf(image) ?? ""), comments(docker, "image"))];
  const build = docker && mapOfPart(child(docker, "build"));
  const dockerfile = build && child(build, "dockerfile");
  if (!dockerfile) return [];
  const written = textOf(dockerfile) ?? "";
  if (!written.startsWith("file:")) return [newPair("build", ofText(dockerfile, context, to))];
  const file = path.resolve(dockerfile.source.folder, written.slice("file:".length).trim());
  const folder = context ? path.resolve(context.source.folder, textOf(context) ?? "") : path.dirname(file);
  const shown = localPath(dockerfile, { ...to }, relativeTo(dockerfile, folder));
  warnAt(
    dockerfile,
    to,
    `a Dockerfile of dialect C has its folder for context, so all of ${shown} goes along with the job`,
    "Put the Dockerfile into a folder of its own, with what it copies, if that is too much.",
  );
  const name = path.relative(folder, file);
  return [
    newPair(
      "build",
      newMap([newPair("path", shown), ...(name === "Dockerfile" ? [] : [newPair("dockerfile_path", name)])]),
      comments(docker, "build"),
    ),
  ];
}

const relativeTo = (part: Part, folder: string): string => path.relative(part.source.folder, folder) || ".";
const comments = (map: MapPart | undefined, kept: string): string =>
  map ? innerComments(map.node, kept) : "";

/** Only Trainyard reads a Dockerfile's text inside the job; no other reader of dialect C does. */
function ofText(dockerfile: Part, context: Part | undefined, to: Conversion): unknown {
  warnAt(
    dockerfile,
    to,
    "the text of a Dockerfile inside a job is Trainyard's own; dialect C knows files only",
    "Write it to a file, and name its folder with environment.build.path.",
  );
  const at = context && textOf(context);
  return newMap([
    ...(context && at !== undefined
      ? [newPair("path", isReference(at) ? at : localPathScalar(context, to))]
      : []),
    newPair("dockerfile", dockerfile.node),
  ]);
}

function convertBuild(part: Part, to: Conversion): unknown {
  const build = mapOfPart(part);
  if (!build) return moved(part);
  const pairs = build.node.items.map((pair) => {
    const key = keyOf(pair);
    const value = child(build, key);
    if (!value || (key !== "local_path" && key !== "path")) return pair;
    const written = textOf(value) ?? "";
    return newPair("path", isReference(written) ? value.node : localPathScalar(value, to), commentOf(pair));
  });
  return newMap(pairs, build.node);
}

/** A path loses `file:`; the text or the mapping of a conda file stays. */
function convertConda(part: Part, to: Conversion): unknown {
  const written = textOf(part);
  if (written === undefined) return moved(part);
  if (written.startsWith("file:")) {
    return scalarLike(part, localPath(part, to, written.slice("file:".length).trim()));
  }
  const isPath = !/[\n{]|: |:$/.test(written.trim());
  return isPath ? localPathScalar(part, to) : part.node;
}
