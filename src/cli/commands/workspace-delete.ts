// `workspace delete`: refused, because it would be the end of everything, and a script means something smaller.
import type { AddCommand } from "../command-entry.ts";
import { defineCommand, withCommonOptions } from "../define-command.ts";
import { CommandFailed } from "../fail.ts";

export const addWorkspaceDelete: AddCommand = (parent, { config }) => {
  const command = defineCommand(parent, "delete", {
    summary: "Say how to delete everything; does nothing itself",
    examples: ["trainyard workspace delete"],
  })
    .option("-n, --name <name>", "accepted; there is one workspace")
    .option("-y, --yes", "accepted; nothing is deleted")
    .option("--all-resources", "accepted; nothing is deleted")
    .option("--no-wait", "accepted; nothing is deleted");
  withCommonOptions(command).action(() => {
    throw new CommandFailed("a server's workspace cannot be deleted by a command", {
      hint: `It holds every run, model and file. To delete all of it, stop the server (trainyard server stop) and remove the folder ${config.home.value}.`,
    });
  });
};
