// `data list`, `environment list`, `model list`: the newest version of each name, or every version of one.
import { listVersions, printAssets } from "../assets/asset-options.ts";
import { kindWords } from "../assets/kinds.ts";
import type { CommandKind } from "../assets/kinds.ts";
import type { AddCommand } from "../command-entry.ts";
import { connect } from "../connect/connect.ts";
import type { Context } from "../context.ts";
import { defineCommand, parseFlag, parsePositive, withCommonOptions } from "../define-command.ts";
import type { CommonOptions } from "../define-command.ts";

interface AssetListOptions extends CommonOptions {
  name?: string;
  maxResults?: number;
  allResults?: boolean;
  archivedOnly?: true;
  includeArchived?: true;
}

export const assetList =
  (kind: CommandKind): AddCommand =>
  (parent, context) => {
    const { plural, example } = kindWords[kind];
    const command = defineCommand(parent, "list", {
      summary: `List ${plural}`,
      description: `Lists the newest version of each name, or with -n every version of one; newest first.`,
      examples: [
        `trainyard ${kind} list -o table`,
        `trainyard ${kind} list -n ${example} --query "[].version" -o tsv`,
      ],
    })
      .option("-n, --name <name>", "list the versions of this name")
      .option("-r, --max-results <count>", "at most so many (default: all)", parsePositive)
      .option("--all-results [boolean]", "all of them, as is the default", parseFlag)
      .option("--archived-only", "only archived ones")
      .option("--include-archived", "archived ones too");
    withCommonOptions(command).action((options: AssetListOptions) => listAssets(kind, options, context));
  };

async function listAssets(kind: CommandKind, options: AssetListOptions, context: Context): Promise<void> {
  using connection = await connect(context);
  const archived = options.archivedOnly ? "only" : options.includeArchived ? "include" : "exclude";
  const wanted = options.allResults ? Infinity : options.maxResults;
  const assets = await listVersions(kind, { name: options.name, archived }, connection.client, wanted);
  await printAssets(kind, assets, connection, options, context);
}
