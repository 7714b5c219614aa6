// An environment's YAML, of either generation, → what to register. The same words as a job's own environment.
import type { Environment } from "../../core/job-spec.ts";
import {
  assetFields,
  assetParts,
  byDialect,
  readAssetFile,
  readOnlyAssetFields,
  type AssetDialect,
  type AssetFile,
  type ReadAsset,
} from "./asset-fields.ts";
import { inlineA } from "../environment-a.ts";
import { inlineC } from "../environment-c.ts";
import type { Reading } from "../text/notes.ts";
import { readFields, type MapPlace } from "../text/read.ts";
import type { Overrides } from "../text/read-root.ts";

/** Without name and version, which are the asset's, and without description and tags, which may change. */
export type EnvironmentContent = Omit<Environment, "name" | "version" | "reference" | "description" | "tags">;

/** Throws InvalidFile with every fault found. Without a file, the flags in `options` say it all. */
export async function readEnvironmentFile(
  file: string | undefined,
  options: Overrides = {},
): Promise<ReadAsset<EnvironmentContent>> {
  return readAssetFile(file, options, readEnvironment);
}

const readEnvironment = byDialect<EnvironmentContent>(
  { A: ["docker", "local_path"], C: ["image", "build"] },
  { A: (root, reading) => readOf("A", root, reading), C: (root, reading) => readOf("C", root, reading) },
);

function readOf(
  dialect: AssetDialect,
  root: MapPlace,
  reading: Reading,
): AssetFile<EnvironmentContent> | undefined {
  const before = reading.problems.length;
  const fields = readFields(only(root, Object.keys(assetFields)), assetFields, reading);
  const read = [...Object.keys(assetFields), ...Object.keys(readOnlyAssetFields), "properties"];
  const rest = without(root, read);
  const environment = dialect === "A" ? inlineA(rest, reading) : inlineC(rest, reading);
  if (fields?.name === undefined || !environment || reading.problems.length > before) return undefined;
  return { dialect, ...assetParts({ ...fields, name: fields.name }), content: environment };
}

const only = (root: MapPlace, keys: readonly string[]): MapPlace =>
  filtered(root, (key) => keys.includes(key));

const without = (root: MapPlace, keys: readonly string[]): MapPlace =>
  filtered(root, (key) => !keys.includes(key));

const filtered = ({ node, path }: MapPlace, keep: (key: string) => boolean): MapPlace => ({
  node: { ...node, entries: new Map([...node.entries].filter(([key]) => keep(key))) },
  path,
});
