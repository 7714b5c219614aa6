// `data archive`, `model restore` and the like: hide versions from lists and from `latest`, and show them again.
import { findVersion, listVersions } from "../assets/asset-options.ts";
import type { VersionOptions } from "../assets/asset-options.ts";
import { kindWords } from "../assets/kinds.ts";
import type { CommandKind } from "../assets/kinds.ts";
import type { AddCommand } from "../command-entry.ts";
import { connect } from "../connect/connect.ts";
import type { Context } from "../context.ts";
import { defineCommand, withCommonOptions } from "../define-command.ts";
import { CommandFailed } from "../fail.ts";

type Verb = "archive" | "restore";

export const assetArchive =
  (kind: CommandKind, verb: Verb): AddCommand =>
  (parent, context) => {
    const { example } = kindWords[kind];
    const command = defineCommand(parent, verb, {
      summary: verb === "archive" ? "Hide versions from lists" : "Show archived versions again",
      description:
        verb === "archive"
          ? "Hides a version, or without -v every version of the name, from lists and from @latest. Jobs that name it still find it."
          : "Shows an archived version again, or without -v every archived version of the name.",
      examples: [`trainyard ${kind} ${verb} -n ${example} -v 2`, `trainyard ${kind} ${verb} -n ${example}`],
    })
      .requiredOption("-n, --name <name>", "its name")
      .option("-v, --version <version>", "the version; without it all of them")
      .option("-l, --label <label>", "the version that this label points at");
    withCommonOptions(command).action((options: VersionOptions) => changeAll(kind, verb, options, context));
  };

async function changeAll(
  kind: CommandKind,
  verb: Verb,
  options: VersionOptions,
  { io, ...context }: Context,
): Promise<void> {
  using connection = await connect({ io, ...context });
  const { client } = connection;
  const { name, version, label } = options;
  const archived = verb === "archive";
  const chosen =
    version !== undefined || label !== undefined
      ? [await findVersion(kind, options, client)]
      : await listVersions(kind, { name, archived: archived ? "exclude" : "only" }, client);
  if (chosen.length === 0) {
    throw new CommandFailed(`${kind} ${name} has no version to ${verb}`, {
      hint: `Its versions: trainyard ${kind} list -n ${name} --include-archived -o table`,
    });
  }
  for (const { version } of chosen) {
    await client.updateAsset({ params: { kind, name, version }, body: { archived } });
  }
  const versions = chosen.map(({ version }) => version).join(", ");
  io.note(`${name} ${versions}: ${archived ? "archived" : "restored"}.`);
}
