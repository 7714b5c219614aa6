// The files of datastores, computes and workspaces, in dialects A and C.
import {
  count,
  document,
  filledIn,
  ignoredKeys,
  looseText,
  mapping,
  text,
  filledText,
  whole,
  word,
  yesOrNo,
  type JsonSchema,
} from "./json-schema.ts";
import { $schema, description, tags, unused } from "./shared-keys.ts";
import { computeDefaults } from "../read-compute.ts";

const datastoreKeys: Record<string, JsonSchema> = {
  $schema,
  name: text("The datastore's name: letters, digits, _ and -.", {
    pattern: String.raw`^\w[\w-]{1,254}$`,
    examples: ["blobs"],
  }),
  is_default: yesOrNo("Where data goes that names no datastore."),
  description,
  tags,
  ...ignoredKeys(["credential_names", "id", "creation_context", "resourceGroup"], filledIn),
};

const azure = {
  endpoint: looseText("The cloud's domain.", { default: "core.windows.net" }),
  protocol: word(["https", "http"], "How it is spoken to.", { default: "https" }),
};
const account = looseText("The storage account.", { examples: ["mystorage"] });
const secret = (what: string): JsonSchema =>
  looseText(`${what} Kept by the server, and never shown again.`, { pattern: String.raw`\S` });

const principal = {
  tenant_id: looseText("The directory of a service principal.", { pattern: String.raw`\S` }),
  client_id: looseText("The service principal.", { pattern: String.raw`\S` }),
  client_secret: secret("Its secret."),
  thumbprint: looseText("Of a certificate in place of a secret.", { pattern: String.raw`\S` }),
  certificate: secret("The certificate."),
};
const addressesA = {
  authority_uri: looseText("Who signs it in.", { pattern: String.raw`\S` }),
  resource_url: looseText("What it signs in for.", { pattern: String.raw`\S` }),
};
const addressesC = {
  authority_url: addressesA.authority_uri,
  resource_url: addressesA.resource_url,
};
const sas = { sas_token: secret("A shared access signature.") };
const keyA = { access_key: secret("The account's key."), ...sas };
const keyC = { account_key: secret("The account's key."), ...sas };

interface Form {
  types: readonly string[];
  keys: Record<string, JsonSchema>;
  required: readonly string[];
  /** Undefined where there are none. */
  credentials?: Record<string, JsonSchema>;
}

/** One closed form a type. Nothing may be null inside credentials, nor the credentials themselves. */
function datastoreForms(forms: readonly Form[], word_: "credential" | "credentials"): readonly JsonSchema[] {
  return forms.map(({ types, keys, required, credentials }) => {
    const form = mapping({ ...datastoreKeys, type: word(types, "What kind of place it is."), ...keys }, "", {
      required: ["name", "type", ...required],
    });
    if (!credentials) return { ...form, type: "object", description: `A datastore of the type ${types[0]}.` };
    const own: JsonSchema = {
      type: ["object", "string"],
      pattern: String.raw`^file:\s*\S`,
      description: "How to sign in; file:<path> keeps the secrets in a file of their own.",
      properties: credentials,
      additionalProperties: false,
    };
    return {
      ...form,
      type: "object",
      description: `A datastore of the type ${types[0]}.`,
      properties: { ...form.properties, [word_]: own },
    };
  });
}

const azureForms = (
  key: Record<string, JsonSchema>,
  addresses: Record<string, JsonSchema>,
  container: Record<string, JsonSchema>,
): Form[] => {
  const all = { ...key, ...principal, ...addresses };
  return [
    {
      types: ["azure_blob"],
      keys: { account_name: account, container_name: looseText("The container."), ...azure },
      required: ["account_name", "container_name"],
      credentials: all,
    },
    {
      types: ["azure_file"],
      keys: { account_name: account, file_share_name: looseText("The file share."), ...azure },
      required: ["account_name", "file_share_name"],
      credentials: all,
    },
    {
      types: ["azure_data_lake_gen2"],
      keys: { account_name: account, ...container, ...azure },
      required: ["account_name"],
      credentials: all,
    },
    {
      types: ["azure_data_lake_gen1"],
      keys: { store_name: looseText("The store.") },
      required: ["store_name"],
      credentials: { ...principal, ...addresses },
    },
  ];
};

const s3: Form = {
  types: ["s3"],
  keys: {
    bucket: looseText("The bucket.", { examples: ["my-bucket"] }),
    region: looseText("The region.", { examples: ["eu-central-1"] }),
    endpoint: looseText("The address of a server that speaks S3; by default Amazon's."),
    force_path_style: yesOrNo("Put the bucket into the path, as most servers of one's own want it."),
  },
  required: ["bucket"],
  credentials: {
    access_key_id: looseText("The key's id.", { pattern: String.raw`\S` }),
    secret_access_key: secret("The key."),
    session_token: secret("Of a temporary key."),
  },
};

const localFolder: Form = {
  types: ["local_folder", "local_fs", "nfs"],
  keys: {
    path: text("An absolute path on the machines where jobs run.", {
      pattern: "^/",
      examples: ["/mnt/share"],
    }),
  },
  required: ["path"],
};

const datastoreText = "A datastore: a named place for files. `trainyard datastore create -f` reads it.";

const datastore = (title: string, forms: readonly JsonSchema[]): JsonSchema => ({
  $schema: "http://json-schema.org/draft-07/schema#",
  title,
  description: datastoreText,
  type: "object",
  anyOf: forms,
});

export const datastoreA = datastore(
  "Trainyard datastore, dialect A (the 2021 preview)",
  datastoreForms(azureForms(keyA, addressesA, { container_name: looseText("The container.") }), "credential"),
);

export const datastoreC = datastore(
  "Trainyard datastore",
  datastoreForms(
    [localFolder, s3, ...azureForms(keyC, addressesC, { filesystem: looseText("The file system.") })],
    "credentials",
  ),
);

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
      ...ignoredKeys(
        [
          "resource_group",
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
        ],
        unused,
      ),
    },
    workspaceText,
    { required: ["name"] },
  ),
);
