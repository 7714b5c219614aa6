// `workspace list`: there is one.
import type { AddCommand } from "../command-entry.ts";
import { defineCommand, withCommonOptions } from "../define-command.ts";
import type { CommonOptions } from "../define-command.ts";
import { readWorkspace } from "./workspace-show.ts";

export const addWorkspaceList: AddCommand = (parent, context) => {
  const command = defineCommand(parent, "list", {
    summary: "List workspaces, of which a server has one",
    examples: ['trainyard workspace list --query "[].name" -o tsv'],
  })
    .option("-r, --max-results <count>", "accepted; there is one")
    .option("--all-results [boolean]", "accepted; there is one");
  withCommonOptions(command).action(async (options: CommonOptions) => {
    const workspace = await readWorkspace(options, context);
    const { printResult } = await import("../print/print-result.ts");
    await printResult([workspace], options, context);
  });
};
