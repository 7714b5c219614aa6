// What the server knows of models, data and environments.
import { queryOptions } from "@tanstack/react-query";
import type { z } from "zod";
import type { AssetBody, LineageBody, listAssets } from "../../../src/api/assets.ts";
import { call } from "./call.ts";

export type Asset = AssetBody;
export type Kind = Asset["kind"];
export type Lineage = LineageBody;
export type Archived = "exclude" | "include" | "only";
type Page = z.output<typeof listAssets.response>;

const encode = encodeURIComponent;

export const assetPath = ({ kind, name, version }: Pick<Asset, "kind" | "name" | "version">): string =>
  `/assets/${kind}/${encode(name)}/${encode(version)}`;

async function readAll(kind: Kind, query: Record<string, string | undefined>, signal: AbortSignal) {
  const assets: Asset[] = [];
  let before: string | undefined;
  do {
    const page: Page = await call(`/assets/${kind}`, { query: { ...query, before }, signal });
    assets.push(...page.assets);
    before = page.next ?? undefined;
  } while (before !== undefined);
  return assets;
}

/** The newest version of each name. */
export const assetsQuery = (kind: Kind, archived: Archived = "exclude") =>
  queryOptions({
    queryKey: ["assets", kind, archived],
    queryFn: ({ signal }) => readAll(kind, { archived }, signal),
  });

/** Every version of one name, newest first; archived ones too. */
export const versionsQuery = (kind: Kind, name: string) =>
  queryOptions({
    queryKey: ["assets", kind, "versions", name],
    queryFn: ({ signal }) => readAll(kind, { name, archived: "include" }, signal),
  });

export const lineageQuery = (asset: Pick<Asset, "kind" | "name" | "version">) =>
  queryOptions({
    queryKey: ["assets", "lineage", asset.kind, asset.name, asset.version],
    queryFn: ({ signal }) => call<Lineage>(`${assetPath(asset)}/lineage`, { signal }),
  });
