// A workspace's YAML, of either generation. A server is one workspace, so little of it has a meaning here.
import { InvalidFile, type Problem } from "../text/problem.ts";
import type { Reading } from "../text/notes.ts";
import {
  ignored,
  looseText,
  mapOf,
  nonEmptyText,
  readFields,
  required,
  text,
  type MapPlace,
} from "../text/read.ts";
import { readRoot, type Overrides } from "../text/read-root.ts";

export interface WorkspaceFile {
  name: string;
  displayName: string;
  description: string;
  location: string;
  tags: Record<string, string>;
}

/** Throws InvalidFile with every fault found. */
export async function readWorkspaceFile(
  file: string,
  options: Overrides = {},
): Promise<{ workspace: WorkspaceFile; warnings: Problem[] }> {
  const reading: Reading = { problems: [], warnings: [] };
  const root = readRoot(file, options, reading);
  const workspace = root && readWorkspace(root, reading);
  if (!workspace || reading.problems.length > 0) throw new InvalidFile(reading.problems);
  return { workspace, warnings: reading.warnings };
}

function readWorkspace(root: MapPlace, reading: Reading): WorkspaceFile | undefined {
  const fields = readFields(root, workspaceFields, reading);
  if (fields?.name === undefined) return undefined;
  return {
    name: fields.name,
    displayName: fields.display_name ?? fields.friendly_name ?? "",
    description: fields.description ?? "",
    location: fields.location ?? "",
    tags: fields.tags ?? {},
  };
}

/** Of Azure's own matters, those that came after 2021. */
export const newerCloudKeys = [
  "image_build_compute",
  "public_network_access",
  "identity",
  "primary_user_assigned_identity",
  "managed_network",
  "system_datastores_auth_mode",
  "allow_roleassignment_on_rg",
  "enable_data_isolation",
  "serverless_compute",
  "workspace_hub",
] as const;

const workspaceFields = {
  $schema: text,
  name: required(nonEmptyText),
  display_name: text,
  friendly_name: text,
  description: text,
  location: text,
  tags: mapOf(looseText),
  // A cloud's matters, which a server of one's own has no use for.
  ...Object.fromEntries(
    [
      "resource_group",
      "resourceGroup",
      "id",
      "storage_account",
      "container_registry",
      "key_vault",
      "application_insights",
      "app_insights",
      "customer_managed_key",
      "hbi_workspace",
      "private_endpoints",
      "discovery_url",
      "mlflow_tracking_uri",
      ...newerCloudKeys,
      "created_at",
      "creation_context",
      "url",
      "version",
      "runs",
    ].map((key) => [key, ignored]),
  ),
};
