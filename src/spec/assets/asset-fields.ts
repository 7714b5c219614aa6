// What the files of data, environments and models have alike: name, version, and which dialect they are written in.
import { isAssetName, isAssetVersion } from "../../core/asset.ts";
import { found, note, noteExpected, type Place, type Reading } from "../text/notes.ts";
import { InvalidFile, type Problem } from "../text/problem.ts";
import {
  childOf,
  defined,
  ignored,
  looseText,
  mapOf,
  required,
  text,
  type MapPlace,
  type Reader,
} from "../text/read.ts";
import { readRoot, rootOfText, type Overrides } from "../text/read-root.ts";

export type AssetDialect = "A" | "C";

export interface AssetFile<Content> {
  dialect: AssetDialect;
  name: string;
  /** Absent: the next number. */
  version?: string;
  content: Content;
  description: string;
  tags: Record<string, string>;
  properties: Record<string, string>;
  /** A word that shall point at this version. */
  label?: string;
}

export interface ReadAsset<Content> {
  asset: AssetFile<Content>;
  warnings: Problem[];
}

type ReadMapping<Content> = (root: MapPlace, reading: Reading) => AssetFile<Content> | undefined;

/** Without a file, the flags say it all. Throws InvalidFile with every fault found. */
export function readAssetFile<Content>(
  file: string | undefined,
  overrides: Overrides,
  readMapping: ReadMapping<Content>,
): ReadAsset<Content> {
  const reading: Reading = { problems: [], warnings: [] };
  const root =
    file === undefined
      ? rootOfText("the command line", "{}", overrides, reading)
      : readRoot(file, overrides, reading);
  const asset = root && readMapping(root, reading);
  if (!asset || reading.problems.length > 0) throw new InvalidFile(reading.problems);
  return { asset, warnings: reading.warnings };
}

/** The parts that every asset has, of fields that were read without a fault. */
export const assetParts = (fields: {
  name: string;
  version: string | undefined;
  description: string | undefined;
  tags: Record<string, string> | undefined;
  properties?: Record<string, string> | undefined;
}) => ({
  name: fields.name,
  ...defined({ version: fields.version }),
  description: fields.description ?? "",
  tags: fields.tags ?? {},
  properties: fields.properties ?? {},
});

const assetName: Reader<string> = (place, reading) => {
  if (place.node.kind === "scalar" && place.node.value === null) {
    return noteExpected(place, reading, "a name", {
      hint: 'Write it in quotes if it is really the word: name: "null".',
    });
  }
  const name = looseText(place, reading);
  if (name === undefined || isAssetName(name)) return name;
  const expected = "a name of 1 to 255 letters, digits, _, - or ., starting with a letter, a digit or _";
  return note(place, reading, `${found(place.node)}; expected ${expected}`);
};

/** A number in most files. A word or `1.10` stays as written. */
const assetVersion: Reader<string> = (place, reading) => {
  const version = looseText(place, reading);
  if (version === undefined) return undefined;
  if (version.toLowerCase() === "latest") {
    return note(place, reading, "latest is the label of the newest version; expected a version of its own", {
      hint: "Leave version out to get the next number.",
    });
  }
  if (isAssetVersion(version)) return version;
  return note(
    place,
    reading,
    `${found(place.node)}; expected a whole number, or up to 100 letters, digits, _, - and .`,
  );
};

export const assetFields = {
  $schema: text,
  name: required(assetName),
  version: assetVersion,
  description: text,
  tags: mapOf(looseText),
};

/** Filled in by a server; they come back when a shown asset is registered again. */
export const readOnlyAssetFields = {
  id: ignored,
  arm_id: ignored,
  creation_context: ignored,
  resourceGroup: ignored,
  labels: ignored,
  archived: ignored,
  latest_version: ignored,
  lineage: ignored,
  created_by_job: ignored,
};

/** The keys of the root that only one generation has. */
export interface DialectKeys {
  A: readonly string[];
  C: readonly string[];
}

/** Undefined when the file mixes the two; then every key of the smaller side has been noted. */
function detectAssetDialect(root: MapPlace, keys: DialectKeys, reading: Reading): AssetDialect | undefined {
  const present = (side: AssetDialect) =>
    keys[side].flatMap((key) => {
      const place = childOf(root, key);
      return place && !isEmpty(place) ? [{ key, place }] : [];
    });
  const sides = { A: present("A"), C: present("C") };
  const dialect = sides.A.length > sides.C.length ? "A" : "C";
  const strangers = sides[dialect === "A" ? "C" : "A"];
  const [native] = sides[dialect];
  if (strangers.length === 0 || !native) return dialect;
  for (const { key, place } of strangers) {
    const message = `${key} is ${sideNames[other(dialect)]}, but ${native.key} is ${sideNames[dialect]}; one file is one dialect`;
    note(place, reading, message, { hint: rewrites[key] });
  }
  return undefined;
}

/** Hands a file to the reader of the dialect that its keys tell. */
export const byDialect =
  <Content>(keys: DialectKeys, readers: Record<AssetDialect, ReadMapping<Content>>): ReadMapping<Content> =>
  (root, reading) => {
    const dialect = detectAssetDialect(root, keys, reading);
    return dialect && readers[dialect](root, reading);
  };

const other = (dialect: AssetDialect): AssetDialect => (dialect === "A" ? "C" : "A");
const sideNames = { A: "the 2021 preview dialect", C: "the dialect of 2022 and later" };

const rewrites: Record<string, string> = {
  local_path: "Write path in place of local_path.",
  datastore: "Write path: azureml://datastores/<name>/paths/<path>.",
  docker: "Write image, or build with path and dockerfile_path.",
  image: "Write docker: {image: …}.",
  build: "Write docker: {build: {dockerfile: file:Dockerfile}}.",
  type: "Remove it.",
};

const isEmpty = ({ node }: Place): boolean => node.kind === "scalar" && node.value === null;
