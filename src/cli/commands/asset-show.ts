// `data show`, `environment show`, `model show`, `code show`: one version, and with --lineage its past and its readers.
import type { AssetKind } from "../../core/asset.ts";
import { findVersion, printAssets, withVersion } from "../assets/asset-options.ts";
import type { VersionOptions } from "../assets/asset-options.ts";
import { kindWords } from "../assets/kinds.ts";
import type { AddCommand } from "../command-entry.ts";
import { connect } from "../connect/connect.ts";
import type { Context } from "../context.ts";
import { defineCommand, withCommonOptions } from "../define-command.ts";

interface AssetShowOptions extends VersionOptions {
  lineage?: true;
}

export const assetShow =
  (kind: AssetKind): AddCommand =>
  (parent, context) => {
    const { singular, example } = kind === "code" ? codeWords : kindWords[kind];
    const hasLineage = kind === "data" || kind === "model";
    const command = defineCommand(parent, "show", {
      summary: `Show a ${singular}`,
      description: `Shows a ${singular}: the latest, or the one that is given.\nExits with 3 when there is none.`,
      examples: [
        `trainyard ${kind} show -n ${example}`,
        `trainyard ${kind} show -n ${example} -v 2 --query path -o tsv`,
        ...(hasLineage ? [`trainyard ${kind} show -n ${example} --lineage -o table`] : []),
      ],
    });
    withVersion(command);
    if (hasLineage) {
      command.option("--lineage", "what made it and which jobs read it; with -o table as a tree");
    }
    withCommonOptions(command).action((options: AssetShowOptions) => showAsset(kind, options, context));
  };

const codeWords = { singular: "version of code", example: "train" };

async function showAsset(kind: AssetKind, options: AssetShowOptions, context: Context): Promise<void> {
  using connection = await connect(context);
  const { client } = connection;
  const asset = await findVersion(kind, options, client);
  if (!options.lineage) return printAssets(kind, asset, connection, options, context);
  const { lineageDocument, renderLineage } = await import("../print/lineage.ts");
  const { name, version } = asset;
  const lineage = await client.getLineage({ params: { kind, name, version } });
  if (options.output === "table" && options.query === undefined) {
    return context.io.write(renderLineage(lineage));
  }
  await printAssets(kind, asset, connection, options, context, { lineage: lineageDocument(lineage) });
}
