// `data delete`, `environment delete`, `model delete`: one version is gone for good.
import { kindWords } from "../assets/kinds.ts";
import type { CommandKind } from "../assets/kinds.ts";
import type { AddCommand } from "../command-entry.ts";
import { connect } from "../connect/connect.ts";
import type { Context } from "../context.ts";
import { defineCommand, withCommonOptions } from "../define-command.ts";
import type { CommonOptions } from "../define-command.ts";

interface AssetDeleteOptions extends CommonOptions {
  name: string;
  version: string;
}

export const assetDelete =
  (kind: CommandKind): AddCommand =>
  (parent, context) => {
    const { singular, example } = kindWords[kind];
    const command = defineCommand(parent, "delete", {
      summary: `Delete a ${singular}`,
      description: `Deletes a ${singular}. Jobs that used it keep what they used; its number is not given again.\nTo hide it only: trainyard ${kind} archive`,
      examples: [`trainyard ${kind} delete -n ${example} -v 2 -y`],
    })
      .requiredOption("-n, --name <name>", "its name")
      .requiredOption("-v, --version <version>", "the version")
      .option("-y, --yes", "accepted; nothing is asked here");
    withCommonOptions(command).action((options: AssetDeleteOptions) => deleteAsset(kind, options, context));
  };

async function deleteAsset(
  kind: CommandKind,
  { name, version }: AssetDeleteOptions,
  context: Context,
): Promise<void> {
  using connection = await connect(context);
  await connection.client.deleteAsset({ params: { kind, name, version } });
  context.io.note(`${kind} ${name}:${version} is deleted.`);
}
