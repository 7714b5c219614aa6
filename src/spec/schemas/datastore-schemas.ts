// The files of datastores, in dialects A and C: one closed form a type.
import {
  filledIn,
  ignoredKeys,
  looseText,
  mapping,
  text,
  word,
  yesOrNo,
  type JsonSchema,
} from "./json-schema.ts";
import { $schema, description, tags } from "./shared-keys.ts";

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
  resource_uri: looseText("The same as resource_url.", { pattern: String.raw`\S` }),
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
