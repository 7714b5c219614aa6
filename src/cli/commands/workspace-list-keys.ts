// `workspace list-keys` and `workspace sync-keys`: a cloud's storage has keys; a server's own has none.
import type { AddCommand } from "../command-entry.ts";
import { defineCommand, withCommonOptions } from "../define-command.ts";
import type { CommonOptions } from "../define-command.ts";

export const addWorkspaceListKeys: AddCommand = (parent, context) => {
  const command = defineCommand(parent, "list-keys", {
    summary: "Print an empty document: a server's own storage has no keys",
    examples: ["trainyard workspace list-keys", "trainyard datastore show -n bucket --include-secrets"],
  }).option("-n, --name <name>", "accepted; there is one workspace");
  withCommonOptions(command).action(async (options: CommonOptions) => {
    const { printResult } = await import("../print/print-result.ts");
    await printResult({}, options, context);
  });
};

export const addWorkspaceSyncKeys: AddCommand = (parent) => {
  const command = defineCommand(parent, "sync-keys", {
    summary: "Do nothing and succeed: there are no keys",
    examples: ["trainyard workspace sync-keys"],
  })
    .option("-n, --name <name>", "accepted; there is one workspace")
    .option("--no-wait", "accepted; it is done at once");
  withCommonOptions(command).action(() => {});
};
