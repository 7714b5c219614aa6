// Addresses that people and their scripts follow, in the layout of Azure ML's resource ids.
import type { Context } from "../context.ts";

export interface Links {
  /** The page of a run. */
  page: (run: string) => string;
  tracking: string;
  resourceGroup: string;
  workspaceId: string;
}

export const noSubscription = "00000000-0000-0000-0000-000000000000";

export function linksOf(
  url: string,
  context: Context,
  options: { resourceGroup?: string; workspaceName?: string; subscription?: string },
): Links {
  const { config } = context;
  const group = options.resourceGroup ?? config.group.value;
  const workspace = options.workspaceName ?? config.workspace.value ?? "trainyard";
  const subscription = options.subscription ?? noSubscription;
  const workspaceId = `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.MachineLearningServices/workspaces/${workspace}`;
  return {
    page: (run) => `${url}/runs/${encodeURIComponent(run)}`,
    tracking: url,
    resourceGroup: group,
    workspaceId,
  };
}
