// `workspace create`: there is one, and it is there already.
import type { AddCommand } from "../commands.ts";
import { defineCommand, withCommonOptions } from "../define-command.ts";
import type { CommonOptions } from "../define-command.ts";
import { showWorkspace } from "./workspace-show.ts";

export const addWorkspaceCreate: AddCommand = (parent, context) => {
  const command = defineCommand(parent, "create", {
    summary: "Show the workspace, which exists already",
    examples: ["trainyard workspace create"],
  })
    .option("-f, --file <path>", "accepted; there is one workspace")
    .option("-l, --location <name>", "accepted; it is where the server is")
    .option("-n, --name <name>", "accepted; there is one workspace")
    .option("--set <path=value...>", "accepted; there is one workspace")
    .option("--no-wait", "accepted; it is done at once");
  withCommonOptions(command).action((options: CommonOptions) => showWorkspace(options, context));
};
