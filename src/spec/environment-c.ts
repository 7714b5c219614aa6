// Dialects B and C's environment: a reference, an image, or a build folder, with or without conda.
import path from "node:path";
import type { Environment } from "../core/job-spec.ts";
import { readAsset, readReference } from "./data-source.ts";
import { inlineFields, inlineParts } from "./environment.ts";
import { readLocalPath } from "./job-fields.ts";
import { found, note, type Place, type Reading } from "./text/notes.ts";
import { followFile, loadText } from "./text/follow-file.ts";
import {
  defined,
  asMapping,
  childOf,
  ignored,
  nonEmptyText,
  readFields,
  text,
  type Reader,
} from "./text/read.ts";
import { isReference } from "./text/reference.ts";

export const environmentC: Reader<Environment> = (place, reading) => {
  const target = followFile(place, reading);
  if (!target) return undefined;
  if (target.node.kind === "map") return inlineC(target, reading);
  const written = nonEmptyText(target, reading);
  if (written === undefined) return undefined;
  if (!isReference(written)) return readImage(target, written, reading);
  const reference = readAsset(target, written, reading, { labels: true });
  return reference && { reference };
};

function readImage(place: Place, image: string, reading: Reading): Environment | undefined {
  if (!/\s/.test(image)) return { image };
  return note(place, reading, `${found(place.node)}; expected an image or azureml:<name>:<version>`);
}

export const inlineC: Reader<Environment> = (place, reading) => {
  const mapping = asMapping(place, reading);
  if (!mapping) return undefined;
  const before = reading.problems.length;
  const table = {
    ...inlineFields,
    $schema: text,
    name: ignored,
    version: ignored,
    image: nonEmptyText,
    build: buildC,
  };
  const fields = readFields(mapping, table, reading);
  if (!fields || reading.problems.length > before) return undefined;
  if (childOf(mapping, "image") && childOf(mapping, "build")) {
    return note(mapping, reading, "has both image and build; expected one of them");
  }
  const { image, build } = fields;
  const parts = inlineParts(fields);
  if (!image && !build && !parts.conda && !parts.pip && !parts.userManaged) {
    return note(mapping, reading, "says nothing of an environment; expected image, build or conda_file");
  }
  return { ...parts, ...defined({ image, build }) };
};

const buildC: Reader<NonNullable<Environment["build"]>> = (place, reading) => {
  const before = reading.problems.length;
  const table = {
    path: contextFolder,
    local_path: contextFolder,
    dockerfile_path: nonEmptyText,
    // The text itself, as a shown job has it, whose folder may be far away.
    dockerfile: text,
  };
  const fields = readFields(place, table, reading);
  if (!fields || reading.problems.length > before) return undefined;
  const context = fields.path ?? fields.local_path;
  const { dockerfile_path: dockerfilePath } = fields;
  if (fields.dockerfile !== undefined) {
    return { dockerfile: fields.dockerfile, ...defined({ context, dockerfilePath }) };
  }
  if (context?.kind !== "local") return note(place, reading, "the required key path is missing");
  const file = path.join(context.path, dockerfilePath ?? "Dockerfile");
  const source = loadText(place, file, reading);
  return source && { dockerfile: source.text, context, ...defined({ dockerfilePath }) };
};

const contextFolder: Reader<NonNullable<NonNullable<Environment["build"]>["context"]>> = (place, reading) => {
  const written = nonEmptyText(place, reading);
  if (written === undefined) return undefined;
  if (!isReference(written)) return readLocalPath(place, reading, "folder");
  const source = readReference(place, written, reading, { labels: false });
  if (source === undefined || source.kind === "snapshot") return source;
  return note(place, reading, `${found(place.node)}; expected a folder`);
};
