// `workspace update`: what is said of the workspace. Its name stays.
import type { AddCommand } from "../command-entry.ts";
import type { Context } from "../context.ts";
import { collect, defineCommand, withCommonOptions } from "../define-command.ts";
import type { CommonOptions } from "../define-command.ts";
import type { LabelWords } from "../submit/label-changes.ts";
import { showWorkspace } from "./workspace-show.ts";
import type { WorkspaceChanges } from "./workspace-show.ts";

interface WorkspaceUpdateOptions extends CommonOptions, LabelWords {
  file?: string;
  displayName?: string;
  description?: string;
  tags?: string[];
}

export const addWorkspaceUpdate: AddCommand = (parent, context) => {
  const command = defineCommand(parent, "update", {
    summary: "Change what is said of the workspace",
    description: "Changes the display name, the description and the tags, and shows the workspace.",
    examples: [
      "trainyard workspace update --description 'our models'",
      "trainyard workspace update --set tags.team=vision --remove tags.old",
    ],
  })
    .option("-n, --name <name>", "accepted; there is one workspace")
    .option("-f, --file <path>", "take the words of this YAML file")
    .option("--set <path=value...>", "such as tags.team=vision, description=…", collect)
    .option("--add <words...>", "such as: tags team=vision", collect)
    .option("--remove <path...>", "such as tags.old", collect)
    .option("-d, --display-name <text>", "a name for people")
    .option("--description <text>", "what it is for")
    .option("--tags <name=value...>", "tags to set", collect)
    .option("--no-wait", "accepted; it is done at once");
  withCommonOptions(command).action((options: WorkspaceUpdateOptions) => updateWorkspace(options, context));
};

async function updateWorkspace(options: WorkspaceUpdateOptions, context: Context): Promise<void> {
  const { file, displayName, description, tags = [], set = [], add, remove } = options;
  const changes: WorkspaceChanges = {};
  if (file !== undefined) {
    const { readWorkspaceFile } = await import("../../spec/assets/read-workspace.ts");
    const { workspace } = await readWorkspaceFile(file);
    Object.assign(changes, {
      displayName: workspace.displayName,
      description: workspace.description,
      tags: workspace.tags,
    });
  }
  const words: LabelWords = {
    set: [...set, ...tags.map((tag) => `tags.${tag}`)],
    ...(add && { add }),
    ...(remove && { remove }),
  };
  if (words.set!.length + (add?.length ?? 0) + (remove?.length ?? 0) > 0) {
    const { readLabelChanges } = await import("../submit/label-changes.ts");
    const { body } = readLabelChanges(words, {
      noun: "workspace",
      keys: ["tags", "display_name", "description"],
      otherwise: "The rest of a workspace follows from its server.",
    });
    Object.assign(changes, body, { tags: { ...changes.tags, ...body.tags } });
  }
  if (displayName !== undefined) changes.displayName = displayName;
  if (description !== undefined) changes.description = description;
  await showWorkspace(options, context, changes);
}
