// `workspace update`: a server keeps nothing about its workspace that could change.
import type { AddCommand } from "../commands.ts";
import { collect, defineCommand, withCommonOptions } from "../define-command.ts";
import type { CommonOptions } from "../define-command.ts";
import { showWorkspace } from "./workspace-show.ts";

export const addWorkspaceUpdate: AddCommand = (parent, context) => {
  const command = defineCommand(parent, "update", {
    summary: "Show the workspace; a server keeps no labels of it",
    examples: ["trainyard workspace update --description 'our models'"],
  })
    .option("-n, --name <name>", "accepted; there is one workspace")
    .option("-f, --file <path>", "accepted without effect")
    .option("--set <path=value...>", "accepted without effect", collect)
    .option("--add <words...>", "accepted without effect", collect)
    .option("--remove <path...>", "accepted without effect", collect)
    .option("-d, --display-name <text>", "accepted without effect")
    .option("--description <text>", "accepted without effect")
    .option("--tags <name=value...>", "accepted without effect", collect)
    .option("--no-wait", "accepted; it is done at once");
  withCommonOptions(command).action((options: CommonOptions) => {
    context.io.note("note: nothing was changed: a server keeps no labels of its workspace");
    return showWorkspace(options, context);
  });
};
