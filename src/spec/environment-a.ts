// Dialect A's environment: a reference, an image, a Dockerfile by file: or as text, each with or without conda.
import type { Environment, SnapshotRef } from "../core/job-spec.ts";
import { readAsset, datastoreName } from "./data-source.ts";
import { inlineFields, inlineParts, needsContext } from "./environment.ts";
import { readLocalPath } from "./job-fields.ts";
import { note, noteExpected } from "./text/notes.ts";
import { followFile, loadText } from "./text/follow-file.ts";
import {
  asMapping,
  boolean,
  childOf,
  defined,
  ignored,
  nonEmptyText,
  readFields,
  required,
  text,
  type Reader,
} from "./text/read.ts";
import { isReference, parseReference } from "./text/reference.ts";

export const environmentA: Reader<Environment> = (place, reading) => {
  const target = followFile(place, reading);
  if (!target) return undefined;
  const { node } = target;
  if (node.kind !== "scalar" || node.value === null) return inlineA(target, reading);
  const written = String(node.value);
  if (isReference(written)) {
    const reference = readAsset(target, written, reading, { labels: false });
    return reference && { reference };
  }
  return noteExpected(target, reading, "azureml:<name>:<version>, a mapping or file:<path>", {
    hint: `For an image write environment: {docker: {image: ${written}}}.`,
  });
};

export const inlineA: Reader<Environment> = (place, reading) => {
  const before = reading.problems.length;
  const table = {
    ...inlineFields,
    $schema: text,
    // An inline environment is anonymous: its content is its name.
    name: ignored,
    version: ignored,
    path: contextPath,
    local_path: readLocalPath,
    datastore: datastoreName,
    docker: dockerA,
  };
  const fields = readFields(place, table, reading);
  if (!fields || reading.problems.length > before) return undefined;
  const { docker, local_path, path } = fields;
  const parts = inlineParts(fields);
  if (!docker && !parts.conda && !parts.pip && !parts.userManaged) {
    return note(place, reading, "says nothing of an environment; expected docker, conda_file or both");
  }
  const build = docker?.build && {
    ...docker.build,
    ...defined({ context: docker.build.context ?? local_path ?? path }),
  };
  return {
    ...parts,
    ...defined({ image: docker?.image, build, useContainer: docker?.useContainer ?? parts.useContainer }),
  };
};

/** A shown job names its build folder by snapshot; any other path has no meaning here. */
const contextPath: Reader<SnapshotRef> = (place, reading) => {
  const written = text(place, reading);
  const parsed = written !== undefined && isReference(written) ? parseReference(written) : undefined;
  return parsed && "kind" in parsed && parsed.kind === "snapshot" ? parsed : undefined;
};

const dockerA: Reader<Pick<Environment, "image" | "build" | "useContainer">> = (place, reading) => {
  const mapping = asMapping(place, reading);
  const table = { image: nonEmptyText, build: buildA, enabled: boolean };
  const fields = mapping && readFields(mapping, table, reading);
  if (!mapping || !fields) return undefined;
  if (childOf(mapping, "image") && childOf(mapping, "build")) {
    return note(mapping, reading, "has both image and build; expected one of them");
  }
  if (!childOf(mapping, "image") && !childOf(mapping, "build")) {
    return note(mapping, reading, "is empty; expected image, or build with dockerfile");
  }
  // True is what it is without being said.
  const useContainer = fields.enabled === false ? false : undefined;
  return defined({ image: fields.image, build: fields.build, useContainer });
};

const buildA: Reader<NonNullable<Environment["build"]>> = (place, reading) =>
  readFields(place, { dockerfile: required(dockerfileA) }, reading)?.dockerfile;

/** The original sent only the text; here a Dockerfile that copies files gets the folder it stands in. */
const dockerfileA: Reader<NonNullable<Environment["build"]>> = (place, reading) => {
  const written = nonEmptyText(place, reading);
  if (written === undefined) return undefined;
  if (written.startsWith("file:")) {
    const source = loadText(place, written.slice("file:".length), reading);
    if (!source) return undefined;
    const context = needsContext(source.text) ? { kind: "local" as const, path: source.folder } : undefined;
    return { dockerfile: source.text, ...defined({ context }) };
  }
  if (/^\s*(FROM|ARG|#)/im.test(written)) return { dockerfile: written };
  return noteExpected(place, reading, "file:<path> or the text of a Dockerfile", {
    hint: `For a file write file:${written.split("\n")[0]}.`,
  });
};
