// `workspace show`: the workspace and its addresses.
import type { AddCommand } from "../commands.ts";
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

export async function showWorkspace(options: CommonOptions, context: Context): Promise<void> {
  const document = await readWorkspace(options, context);
  const { printResult } = await import("../print/print-result.ts");
  await printResult(document, options, context);
}

export async function readWorkspace(
  options: CommonOptions,
  context: Context,
): Promise<Record<string, unknown>> {
  using connection = await connect(context);
  const workspace = await connection.client.getWorkspace({});
  const [{ isoTime, sorted }, { linksOf }] = await Promise.all([
    import("../print/job.ts"),
    import("../print/studio-links.ts"),
  ]);
  const { resourceGroup, workspaceId } = linksOf(connection.url, context, options);
  return sorted({
    name: workspace.name,
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
