// Registered models and their versions in MLflow's words, and the refusals for those that are not there.
import { isAssetVersion } from "../../core/asset.ts";
import { latestOfStages, findModelVersion } from "../../store/registry-versions.ts";
import type { ModelVersion } from "../../store/registry-versions.ts";
import { findRegisteredModel, readAliases, readRegisteredModels } from "../../store/registry-models.ts";
import type { RegisteredModel } from "../../store/registry-models.ts";
import type { Db } from "../../store/store.ts";
import { invalid, missing } from "./error.ts";
import { requiredText } from "./fields.ts";
import type { Fields } from "./fields.ts";

export async function modelNamed(db: Db, name: string): Promise<RegisteredModel> {
  const model = await findRegisteredModel(db, name);
  if (model) return model;
  throw missing(`Registered Model with name=${name} not found`);
}

export const noSuchVersion = (name: string, version: string) =>
  missing(`Model Version (name=${name}, version=${version}) not found`);

export interface VersionKey {
  name: string;
  version: string;
}

/** Clients send the number as a text or as a number. */
export function versionKeyOf(fields: Fields): VersionKey {
  const given = fields["version"];
  const name = requiredText(fields, "name");
  const version = typeof given === "number" ? String(given) : requiredText(fields, "version");
  if (!/^\d{1,15}$/.test(version.trim()) || !isAssetVersion(version.trim())) {
    throw invalid(`Parameter 'version' must be an integer, got '${version}'.`);
  }
  return { name, version: String(Number(version)) };
}

export async function versionNamed(db: Db, { name, version }: VersionKey): Promise<ModelVersion> {
  const found = await findModelVersion(db, { name, version });
  if (found) return found;
  throw noSuchVersion(name, version);
}

const pairsOf = (tags: Record<string, string>) =>
  Object.entries(tags).map(([key, value]) => ({ key, value }));

export const showVersion = (version: ModelVersion): object => ({
  name: version.name,
  version: version.version,
  creation_timestamp: version.createdAt,
  last_updated_timestamp: version.updatedAt,
  user_id: version.createdBy,
  current_stage: version.stage,
  description: version.description,
  source: version.source,
  run_id: version.run ?? "",
  run_link: version.runLink,
  status: "READY",
  ...(version.statusMessage !== null && { status_message: version.statusMessage }),
  ...(version.modelId !== null && { model_id: version.modelId }),
  tags: pairsOf(version.tags),
  aliases: version.aliases,
});

export async function showModels(db: Db, names: readonly string[]): Promise<object[]> {
  const models = await readRegisteredModels(db, names);
  const latest = await latestOfStages(db, names);
  const aliases = await readAliases(db, names);
  return models.map(({ name, description, tags, createdAt, updatedAt }) => ({
    name,
    creation_timestamp: createdAt,
    last_updated_timestamp: updatedAt,
    description,
    latest_versions: (latest.get(name) ?? []).map(showVersion),
    tags: pairsOf(tags),
    aliases: (aliases.get(name) ?? []).filter(({ version }) => /^[1-9]\d*$/.test(version)),
  }));
}

export async function showModel(db: Db, name: string): Promise<object> {
  await modelNamed(db, name);
  return { registered_model: (await showModels(db, [name]))[0] };
}
