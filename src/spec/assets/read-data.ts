// A data asset's YAML, of either generation, → what to register. Local files are still local: the client uploads them.
import { existsSync, statSync } from "node:fs";
import path from "node:path";
import type { DataSource } from "../../core/job-spec.ts";
import {
  assetFields,
  assetParts,
  byDialect,
  readAssetFile,
  readOnlyAssetFields,
  type AssetFile,
  type ReadAsset,
} from "./asset-fields.ts";
import { anySource, datastoreName, sourceFrom } from "../data-source.ts";
import { fetchable } from "../fetchable.ts";
import { readLocalPath } from "../job-fields.ts";
import { note, warn, type Place, type Reading } from "../text/notes.ts";
import {
  childOf,
  listOf,
  looseText,
  mapOf,
  nonEmptyText,
  oneOf,
  readFields,
  required,
  type MapPlace,
  type Reader,
} from "../text/read.ts";
import type { Overrides } from "../text/read-root.ts";

export const dataAssetTypes = ["uri_file", "uri_folder", "mltable"] as const;

export interface DataContent {
  type: (typeof dataAssetTypes)[number];
  source: DataSource;
}

/** Throws InvalidFile with every fault found. Without a file, the flags in `options` say it all. */
export async function readDataFile(
  file: string | undefined,
  options: Overrides = {},
): Promise<ReadAsset<DataContent>> {
  return readAssetFile(file, options, readData);
}

const readData = byDialect<DataContent>(
  { A: ["local_path", "datastore"], C: ["type", "properties"] },
  { A: readDataA, C: readDataC },
);

function readDataA(root: MapPlace, reading: Reading): AssetFile<DataContent> | undefined {
  const before = reading.problems.length;
  const fields = readFields(root, fieldsA, reading);
  if (fields?.name === undefined || reading.problems.length > before) return undefined;
  const { name } = fields;
  const given = sourceFrom(root, fields, "local_path, or path", reading);
  const source = given && fetchable(given, { mode: "mount" }, childOf(root, "path") ?? root, reading);
  if (!source) return undefined;
  return {
    dialect: "A",
    ...assetParts({ ...fields, name }),
    content: { type: typeOf(source), source },
  };
}

function readDataC(root: MapPlace, reading: Reading): AssetFile<DataContent> | undefined {
  const before = reading.problems.length;
  const isB = childOf(root, "paths") !== undefined;
  const fields = isB ? readFields(root, fieldsB, reading) : readFields(root, fieldsC, reading);
  const given = fields && ("paths" in fields ? fields.paths : fields.path);
  if (fields?.name === undefined || !given || reading.problems.length > before) return undefined;
  const { name, type = typeOf(given) } = fields;
  const place = childOf(root, isB ? "paths" : "path") ?? root;
  const source = fetchable(given, { mode: "mount", type }, place, reading);
  if (!source) return undefined;
  if (!fitsType(source, type, place, reading)) return undefined;
  return { dialect: "C", ...assetParts({ ...fields, name }), content: { type, source } };
}

const fieldsA = {
  ...assetFields,
  ...readOnlyAssetFields,
  local_path: readLocalPath,
  path: nonEmptyText,
  datastore: datastoreName,
};

const fieldsOfBoth = {
  ...assetFields,
  ...readOnlyAssetFields,
  type: oneOf(dataAssetTypes, { anyCase: true }),
  properties: mapOf(looseText),
};

const fieldsC = { ...fieldsOfBoth, path: required(anySource) };

/** Dialect B's list, of which one entry has a meaning here. */
const pathsB: Reader<DataSource> = (place, reading) => {
  const entries = listOf<DataSource>((entry, to) => {
    const fields = readFields(entry, { file: anySource, folder: anySource }, to);
    return fields?.file ?? fields?.folder;
  })(place, reading);
  const isOne = place.node.kind === "list" && place.node.items.length === 1;
  if (!entries || isOne) return entries?.[0];
  return note(place, reading, `has ${entries.length} entries; this version supports one`, {
    hint: "Put the files into one folder and name that.",
  });
};

const fieldsB = { ...fieldsOfBoth, paths: required(pathsB) };

/** What a file that does not say it means: by what is there, else by how the address ends. */
function typeOf(source: DataSource): DataContent["type"] {
  switch (source.kind) {
    case "local":
      return statSync(source.path).isDirectory() ? "uri_folder" : "uri_file";
    case "uri":
      return /^https?:/i.test(source.uri) || /\.\w+$/.test(source.uri) ? "uri_file" : "uri_folder";
    case "datastore":
    case "run":
      return /\.\w+$/.test(source.path) ? "uri_file" : "uri_folder";
    case "snapshot":
      return source.file === undefined ? "uri_folder" : "uri_file";
    case "asset":
      return "uri_folder";
  }
}

function fitsType(source: DataSource, type: DataContent["type"], place: Place, reading: Reading): boolean {
  if (source.kind !== "local") return true;
  const isFolder = statSync(source.path).isDirectory();
  if (isFolder === (type !== "uri_file")) {
    if (type === "mltable" && !existsSync(path.join(source.path, "MLTable"))) {
      warn(place, reading, `the type is mltable, but ${source.path} holds no file named MLTable`);
    }
    return true;
  }
  note(place, reading, `the type is ${type}, but ${source.path} is a ${isFolder ? "folder" : "file"}`, {
    hint: isFolder ? "Write type: uri_folder." : "Write type: uri_file.",
  });
  return false;
}
