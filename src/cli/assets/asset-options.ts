// Options that the commands of data, environments and models share, and what they mean.
import type { Command } from "commander";
import type { AssetBody } from "../../api/assets.ts";
import type { Client } from "../../api/client.ts";
import type { AssetKind } from "../../core/asset.ts";
import type { Connection } from "../connect/connect.ts";
import type { Context } from "../context.ts";
import type { CommonOptions } from "../define-command.ts";
import { UsageError } from "../fail.ts";

export interface VersionOptions extends CommonOptions {
  name: string;
  version?: string;
  label?: string;
}

export const withVersion = (command: Command): Command =>
  command
    .requiredOption("-n, --name <name>", "its name")
    .option("-v, --version <version>", "the version; without it the latest")
    .option("-l, --label <label>", "the version that this label points at, such as latest");

/** The version given, the one that the label points at, or the latest. */
export function findVersion(
  kind: AssetKind,
  { name, version, label }: VersionOptions,
  client: Client,
): Promise<AssetBody> {
  if (version !== undefined && label !== undefined) {
    throw new UsageError("both --version and --label were given", "Give one of them.");
  }
  return client.getAsset({ params: { kind, name }, query: { version, label } });
}

/** Every version of the name, or the newest of each name; newest first. */
export async function listVersions(
  kind: AssetKind,
  query: { name?: string | undefined; archived?: "exclude" | "include" | "only" },
  client: Client,
  wanted = Infinity,
): Promise<AssetBody[]> {
  const found: AssetBody[] = [];
  let before: string | undefined;
  do {
    const limit = Math.min(1000, wanted - found.length);
    const page = await client.listAssets({ params: { kind }, query: { ...query, limit, before } });
    found.push(...page.assets);
    before = page.next ?? undefined;
  } while (before !== undefined && found.length < wanted);
  return found;
}

export async function printAssets(
  kind: AssetKind,
  shown: AssetBody | AssetBody[],
  connection: Connection,
  options: CommonOptions,
  context: Context,
  extras: Record<string, unknown> = {},
): Promise<void> {
  const [{ assetColumns, assetDocument }, { printResult }, { linksOf }] = await Promise.all([
    import("../print/asset.ts"),
    import("../print/print-result.ts"),
    import("../print/studio-links.ts"),
  ]);
  const links = linksOf(connection.url, context, options);
  const documents = Array.isArray(shown)
    ? shown.map((asset) => assetDocument(asset, links))
    : assetDocument(shown, links, extras);
  await printResult(documents, options, context, assetColumns[kind]);
}
