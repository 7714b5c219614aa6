// The files of computes and workspaces, in dialects A and C.
import {
  count,
  document,
  filledIn,
  filledText,
  ignoredKeys,
  mapping,
  text,
  whole,
  word,
  type JsonSchema,
} from "./json-schema.ts";
import { $schema, description, tags, unused } from "./shared-keys.ts";
import { computeDefaults } from "../assets/read-compute.ts";
import { newerCloudKeys } from "../assets/read-workspace.ts";

const computeKeys: Record<string, JsonSchema> = {
  $schema,
  name: text("The compute's name: letters, digits and hyphens.", {
    pattern: "^(?![Ll][Oo][Cc][Aa][Ll]$)[A-Za-z][A-Za-z0-9-]{1,31}$",
    examples: ["cpu-cluster"],
  }),
  type: word(["amlcompute"], "A cluster: the one kind that this version has."),
  size: text("The kind of machine. Kept.", { default: computeDefaults.size }),
  min_instances: count(0, "Nodes that are always there.", { default: computeDefaults.minInstances }),
  max_instances: count(0, "The most nodes at once.", { default: computeDefaults.maxInstances }),
  idle_time_before_scale_down: whole(0, "Seconds.", { default: computeDefaults.idleSecondsBeforeScaleDown }),
  description,
  tags,
  location: unused,
  ...ignoredKeys(
    ["id", "resourceGroup", "provisioning_state", "provisioning_errors", "created_on", "state"],
    filledIn,
  ),
};

const computeText = "A compute: a named target that jobs run on.";

export const computeA = document(
  "Trainyard compute, dialect A (the 2021 preview)",
  mapping(
    {
      ...computeKeys,
      priority: word(["Dedicated", "LowPriority"], "Whether its nodes may be taken away.", {
        default: "Dedicated",
      }),
      ...ignoredKeys(
        [
          "identity_type",
          "user_assigned_identities",
          "admin_username",
          "admin_password",
          "ssh_key_value",
          "ssh_public_access",
          "vnet_name",
          "subnet",
          "enable_public_ip",
          "resource_id",
          "user_object_id",
          "user_tenant_id",
        ],
        unused,
      ),
    },
    computeText,
    { required: ["name", "type"] },
  ),
);

export const computeC = document(
  "Trainyard compute",
  mapping(
    {
      ...computeKeys,
      tier: word(["dedicated", "low_priority"], "Whether its nodes may be taken away.", {
        default: computeDefaults.tier,
      }),
      ...ignoredKeys(
        [
          "identity",
          "ssh_settings",
          "ssh_public_access_enabled",
          "network_settings",
          "enable_node_public_ip",
        ],
        unused,
      ),
    },
    computeText,
    { required: ["name", "type"] },
  ),
);

const workspaceKeys: Record<string, JsonSchema> = {
  $schema,
  name: filledText("The workspace's name. A server is one workspace, so any will do.", {
    examples: ["main"],
  }),
  description,
  location: text("Where it is. Kept."),
  tags,
  ...ignoredKeys(
    [
      "storage_account",
      "container_registry",
      "key_vault",
      "application_insights",
      "customer_managed_key",
      "hbi_workspace",
    ],
    unused,
  ),
  ...ignoredKeys(
    [
      "id",
      "resourceGroup",
      "discovery_url",
      "mlflow_tracking_uri",
      "created_at",
      "creation_context",
      "url",
      "version",
      "runs",
    ],
    filledIn,
  ),
};

const workspaceText = "A workspace. Little of it has a meaning on a server of your own.";

export const workspaceA = document(
  "Trainyard workspace, dialect A (the 2021 preview)",
  mapping(
    {
      ...workspaceKeys,
      friendly_name: text("A name for people."),
      ...ignoredKeys(["app_insights", "private_endpoints"], unused),
    },
    workspaceText,
    { required: ["name"] },
  ),
);

export const workspaceC = document(
  "Trainyard workspace",
  mapping(
    {
      ...workspaceKeys,
      display_name: text("A name for people."),
      ...ignoredKeys(["resource_group", ...newerCloudKeys], unused),
    },
    workspaceText,
    { required: ["name"] },
  ),
);
