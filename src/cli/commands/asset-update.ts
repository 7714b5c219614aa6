// `data update`, `environment update`, `model update`: what is said of a version; what it holds never changes.
import type { AssetBody } from "../../api/assets.ts";
import { findVersion, printAssets, withVersion } from "../assets/asset-options.ts";
import type { VersionOptions } from "../assets/asset-options.ts";
import { kindWords } from "../assets/kinds.ts";
import type { CommandKind } from "../assets/kinds.ts";
import type { AddCommand } from "../command-entry.ts";
import { connect } from "../connect/connect.ts";
import type { Context } from "../context.ts";
import { collect, defineCommand, withCommonOptions } from "../define-command.ts";
import type { LabelChanges, LabelWords } from "../submit/label-changes.ts";

interface AssetUpdateOptions extends VersionOptions, LabelWords {
  addLabel?: string[];
  removeLabel?: string[];
}

export const assetUpdate =
  (kind: CommandKind): AddCommand =>
  (parent, context) => {
    const { singular, example } = kindWords[kind];
    const stage = kind === "model" ? ["trainyard model update -n iris-tree -v 3 --set stage=Production"] : [];
    const command = defineCommand(parent, "update", {
      summary: `Change what is said of a ${singular}`,
      description:
        "Changes tags, the description and labels; adds properties. What a version holds never changes: for that, register the next one.\nA label stands on one version of a name, so giving it to this one takes it from the other.",
      examples: [
        `trainyard ${kind} update -n ${example} -v 2 --set tags.checked=yes description='without outliers'`,
        `trainyard ${kind} update -n ${example} -v 2 --add-label good --remove tags.checked`,
        ...stage,
      ],
    });
    withVersion(command)
      .option("--set <path=value...>", "such as tags.checked=yes, description=…", collect)
      .option("--add <words...>", "such as: tags checked=yes", collect)
      .option("--remove <path...>", "such as tags.checked", collect)
      .option("--add-label <label...>", "let these labels point here", collect)
      .option("--remove-label <label...>", "let these labels point here no more", collect)
      .option("--force-string", "take values as text (they always are)");
    withCommonOptions(command).action((options: AssetUpdateOptions) => updateAsset(kind, options, context));
  };

const keys = ["tags", "properties", "description"];

async function updateAsset(kind: CommandKind, options: AssetUpdateOptions, context: Context): Promise<void> {
  const { readLabelChanges, withoutOtherTags } = await import("../submit/label-changes.ts");
  const { addLabel: addLabels = [], removeLabel: removeLabels = [] } = options;
  const hasLabels = addLabels.length + removeLabels.length > 0;
  const hasWords = options.set ?? options.add ?? options.remove;
  const changes: LabelChanges =
    hasLabels && !hasWords
      ? { body: {}, replaceTags: false }
      : readLabelChanges(options, {
          noun: kind,
          keys: kind === "model" ? [...keys, "stage"] : keys,
          otherwise: `A version holds the same for good; register the next one: trainyard ${kind} create -n ${options.name} …`,
        });
  using connection = await connect(context);
  const { client } = connection;
  const present = await findVersion(kind, options, client);
  const { stage, ...said } = changes.body;
  const { name, version } = present;
  const asset = await client.updateAsset({
    params: { kind, name, version },
    body: {
      ...(changes.replaceTags ? withoutOtherTags(said, present.tags) : said),
      ...(await labelsOf(present, stage, { addLabels, removeLabels })),
    },
  });
  await printAssets(kind, asset, connection, options, context);
}

interface Labels {
  addLabels: string[];
  removeLabels: string[];
}

async function labelsOf(
  present: AssetBody,
  stage: string | undefined,
  given: Labels,
): Promise<Partial<Labels>> {
  if (stage === undefined) return given;
  const { relabel } = await import("../assets/relabel.ts");
  const { addLabels, removeLabels } = relabel(present, stage);
  return {
    addLabels: [...given.addLabels, ...addLabels],
    removeLabels: [...given.removeLabels, ...removeLabels],
  };
}
