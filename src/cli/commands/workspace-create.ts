// `workspace create`: there is one, and it is there already.
import type { AddCommand } from "../command-entry.ts";
import type { Context } from "../context.ts";
import { collect, defineCommand, withCommonOptions } from "../define-command.ts";
import type { CommonOptions } from "../define-command.ts";
import { showWorkspace } from "./workspace-show.ts";

interface WorkspaceCreateOptions extends CommonOptions {
  file?: string;
  name?: string;
  set?: string[];
}

export const addWorkspaceCreate: AddCommand = (parent, context) => {
  const command = defineCommand(parent, "create", {
    summary: "Show the workspace, which exists already",
    description:
      "A server is one workspace, which exists from its first start. A file is checked, so that scripts find their mistakes, and the workspace is shown.",
    examples: ["trainyard workspace create", "trainyard workspace create -f workspace.yml"],
  })
    .option("-f, --file <path>", "a YAML file; it is checked")
    .option("-l, --location <name>", "accepted; it is where the server is")
    .option("-n, --name <name>", "accepted; there is one workspace")
    .option("--set <path=value...>", "change the file's values before it is checked", collect)
    .option("--no-wait", "accepted; it is done at once");
  withCommonOptions(command).action((options: WorkspaceCreateOptions) => createWorkspace(options, context));
};

async function createWorkspace(options: WorkspaceCreateOptions, context: Context): Promise<void> {
  const { file, name, set } = options;
  if (file !== undefined) {
    const { readWorkspaceFile } = await import("../../spec/assets/read-workspace.ts");
    await readWorkspaceFile(file, { name, set });
  }
  await showWorkspace(options, context);
}
