// `workspace show`: the workspace and its addresses.
import type { AddCommand } from "../command-entry.ts";
import type { Contract } from "../../api/contract.ts";
import type { CheckedRequest } from "../../api/endpoint.ts";
import { connect } from "../connect/connect.ts";
import type { Context } from "../context.ts";
import { defineCommand, withCommonOptions } from "../define-command.ts";
import type { CommonOptions } from "../define-command.ts";

export const addWorkspaceShow: AddCommand = (parent, context) => {
  const command = defineCommand(parent, "show", {
    summary: "Show the workspace",
    examples: [
      "trainyard workspace show",
      "export MLFLOW_TRACKING_URI=$(trainyard workspace show --query mlflow_tracking_uri -o tsv)",
    ],
  }).option("-n, --name <name>", "accepted; there is one workspace");
  withCommonOptions(command).action((options: CommonOptions) => showWorkspace(options, context));
};

export async function showWorkspace(
  options: CommonOptions,
  context: Context,
  changes?: WorkspaceChanges,
): Promise<void> {
  const document = await readWorkspace(options, context, changes);
  const { printResult } = await import("../print/print-result.ts");
  await printResult(document, options, context);
}

/** What is to be changed of it first, when anything is. */
export type WorkspaceChanges = NonNullable<CheckedRequest<Contract["updateWorkspace"]>["body"]>;

export async function readWorkspace(
  options: CommonOptions,
  context: Context,
  changes?: WorkspaceChanges,
): Promise<Record<string, unknown>> {
  using connection = await connect(context);
  const workspace = changes
    ? await connection.client.updateWorkspace({ body: changes })
    : await connection.client.getWorkspace({});
  const [{ isoTime, sorted }, { linksOf }] = await Promise.all([
    import("../print/job.ts"),
    import("../print/studio-links.ts"),
  ]);
  const { resourceGroup, workspaceId } = linksOf(connection.url, context, options);
  return sorted({
    name: workspace.name,
    display_name: workspace.displayName === "" ? undefined : workspace.displayName,
    description: workspace.description === "" ? undefined : workspace.description,
    tags: workspace.tags,
    id: workspaceId,
    location: workspace.location,
    resource_group: resourceGroup,
    resourceGroup,
    mlflow_tracking_uri: workspace.trackingUri,
    discovery_url: `${workspace.url}/discovery`,
    created_at: isoTime(workspace.createdAt),
    url: workspace.url,
    version: workspace.version,
    runs: workspace.runs,
  });
}
