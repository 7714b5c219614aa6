// A version of an asset by its name and version or label, or the refusal that says what there is instead.
import { latestLabel } from "../../core/asset.ts";
import type { AssetKind, AssetVersion } from "../../core/asset.ts";
import { findCuratedEnvironment } from "../../core/curated-environments.ts";
import { nearestName } from "../../core/names.ts";
import { Refused } from "../../core/refused.ts";
import { findAsset, findLabeled, listAssetNames, queryAssets } from "../../store/assets.ts";
import type { Db } from "../../store/store.ts";

/** Neither means the latest. */
export interface AssetChoice {
  version?: string | undefined;
  label?: string | undefined;
}

const shownVersions = 20;

export async function lookUpAsset(
  db: Db,
  kind: AssetKind,
  name: string,
  choice: AssetChoice,
): Promise<AssetVersion | undefined> {
  return choice.version === undefined
    ? findLabeled(db, kind, name, choice.label ?? latestLabel)
    : findAsset(db, { kind, name, version: choice.version });
}

/** A ready-made environment as if it were registered, so that clients can see what it is made of and change a copy. */
export function curatedAsset(name: string, version: string | undefined): AssetVersion | undefined {
  const environment = findCuratedEnvironment(name, version);
  if (!environment) return undefined;
  return {
    kind: "environment",
    name,
    version: version ?? "1",
    content: { kind: "environment", environment },
    description: environment.description ?? "",
    tags: {},
    properties: {},
    labels: [],
    archived: false,
    run: null,
    createdBy: "Trainyard",
    createdAt: 0,
  };
}

/** Looks among the kinds in this order; `alsoKnown` are names that could have been meant as well. */
export async function assetNamed(
  db: Db,
  kinds: readonly AssetKind[],
  name: string,
  choice: AssetChoice,
  alsoKnown: readonly string[] = [],
): Promise<AssetVersion> {
  for (const kind of kinds) {
    const found = await lookUpAsset(db, kind, name, choice);
    if (found) return found;
  }
  for (const kind of kinds) {
    const query = { kind, name, archived: "include", limit: shownVersions + 1 } as const;
    const { assets } = await queryAssets(db, query);
    if (assets.length > 0) throw noSuchVersion(kind, name, choice, assets);
  }
  throw await noSuchName(db, kinds, name, alsoKnown);
}

function noSuchVersion(
  kind: AssetKind,
  name: string,
  choice: AssetChoice,
  versions: readonly AssetVersion[],
): Refused {
  const shown = versions.slice(0, shownVersions).map(describeVersion).join(", ");
  const wanted =
    choice.version === undefined
      ? `version labeled ${choice.label ?? latestLabel}`
      : `version ${choice.version}`;
  const allArchived = versions.every((version) => version.archived);
  return new Refused(
    "not-found",
    `${kind} ${name} has no ${wanted}; it has ${shown}${versions.length > shownVersions ? ", and older ones" : ""}`,
    allArchived && choice.version === undefined
      ? "all of them are archived: name one by its number, restore one, or register a new one"
      : `write azureml:${name}:${versions[0]!.version}, or register the one you want`,
  );
}

const describeVersion = ({ version, labels, archived }: AssetVersion): string => {
  const remarks = [...labels, ...(archived ? ["archived"] : [])];
  return remarks.length === 0 ? version : `${version} (${remarks.join(", ")})`;
};

async function noSuchName(
  db: Db,
  kinds: readonly AssetKind[],
  name: string,
  alsoKnown: readonly string[],
): Promise<Refused> {
  const registered: string[] = [];
  for (const kind of kinds) registered.push(...(await listAssetNames(db, kind)));
  const known = [...registered, ...alsoKnown];
  const nearest = nearestName(name, known);
  const what = kinds.join(" or ");
  return new Refused(
    "not-found",
    `there is no ${what} named ${name}${nearest ? `. Did you mean ${nearest}?` : ""}`,
    known.length === 0
      ? `register it with: trainyard ${kinds[0]!} create`
      : `known: ${known.slice(0, 50).join(", ")}; or register it with: trainyard ${kinds[0]!} create`,
  );
}
