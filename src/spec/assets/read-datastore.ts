// A datastore's YAML, of either generation → what the server needs to know of it, with its secrets apart.
import type { DatastoreType } from "../../core/datastore.ts";
import { isDatastoreName } from "../../core/datastore.ts";
import { credentialsOf, hideSecrets } from "./credentials.ts";
import { found, note, type Reading } from "../text/notes.ts";
import { InvalidFile, type Problem } from "../text/problem.ts";
import {
  boolean,
  childOf,
  defined,
  ignored,
  looseText,
  mapOf,
  nonEmptyText,
  oneOf,
  readFields,
  required,
  text,
  type Field,
  type MapPlace,
  type Reader,
} from "../text/read.ts";
import { readRoot, rootOfText, type Overrides } from "../text/read-root.ts";

export interface DatastoreFile {
  name: string;
  type: DatastoreType;
  settings: Record<string, string>;
  isDefault?: boolean;
  description: string;
  tags: Record<string, string>;
}

export interface ReadDatastore {
  datastore: DatastoreFile;
  /** Never to be printed, and not part of the datastore. */
  secrets: Record<string, string>;
  warnings: Problem[];
}

/** Throws InvalidFile with every fault found; no message repeats a secret. */
export async function readDatastoreFile(file: string, options: Overrides = {}): Promise<ReadDatastore> {
  return readFrom((reading) => readRoot(file, options, reading));
}

/** The same of values as `describeDatastore` gives them, with `--set` and flags applied. */
export async function readDatastoreText(yaml: string, options: Overrides): Promise<ReadDatastore> {
  return readFrom((reading) => rootOfText("the datastore", yaml, options, reading));
}

function readFrom(readRoot: (reading: Reading) => MapPlace | undefined): ReadDatastore {
  const reading: Reading = { problems: [], warnings: [] };
  const root = readRoot(reading);
  const read = root && readDatastore(root, reading);
  if (!read || reading.problems.length > 0) throw new InvalidFile(reading.problems.map(hideSecrets));
  return { ...read, warnings: reading.warnings.map(hideSecrets) };
}

/** The words of the files; what they mean here is in `typeOf`. */
const types = [
  "azure_blob",
  "azure_file",
  "azure_data_lake_gen1",
  "azure_data_lake_gen2",
  "s3",
  "local_folder",
  "local_fs",
  "nfs",
] as const;

const typeOf = (word: (typeof types)[number]): DatastoreType =>
  word === "local_fs" || word === "nfs" ? "local_folder" : word;

type Settings = Record<string, Reader<string> | Field<string>>;

const yesOrNo: Reader<string> = (place, reading) => {
  const value = boolean(place, reading);
  return value === undefined ? undefined : String(value);
};

const needed = required(looseText);
const azure = { endpoint: looseText, protocol: oneOf(["https", "http"], { anyCase: true }) };

const settingsByType: Record<DatastoreType, Settings> = {
  azure_blob: { account_name: needed, container_name: needed, ...azure },
  azure_file: { account_name: needed, file_share_name: needed, ...azure },
  azure_data_lake_gen1: { store_name: needed },
  azure_data_lake_gen2: { account_name: needed, filesystem: looseText, container_name: looseText, ...azure },
  s3: { bucket: needed, region: looseText, endpoint: looseText, force_path_style: yesOrNo },
  local_folder: { path: required(folderPath) },
};

/** On the machines where jobs run, so whether it exists cannot be known here. */
function folderPath(...[place, reading]: Parameters<Reader<string>>): string | undefined {
  const path = nonEmptyText(place, reading);
  if (path === undefined || path.startsWith("/")) return path;
  return note(place, reading, `${found(place.node)}; expected an absolute path`, {
    hint: "It is read where the jobs run, so it starts at the root of the file system.",
  });
}

const datastoreName: Reader<string> = (place, reading) => {
  const name = text(place, reading);
  if (name === undefined || isDatastoreName(name)) return name;
  return note(place, reading, `${found(place.node)}; expected 2 to 255 letters, digits, _ and -`);
};

function readDatastore(root: MapPlace, reading: Reading): Omit<ReadDatastore, "warnings"> | undefined {
  const type = childOf(root, "type");
  const word = type && oneOf(types, { anyCase: true })(type, reading);
  if (!type) note(root, reading, `the required key type is missing; allowed: ${types.join(", ")}`);
  if (word === undefined) return undefined;
  const settings = settingsByType[typeOf(word)];
  const readCredentials = credentialsOf(typeOf(word));
  const before = reading.problems.length;
  const fields = readFields(root, { ...ignoring([...Object.keys(settings), ...own]), ...shared }, reading);
  const [credentials, second] = ["credentials", "credential"].flatMap((key) => childOf(root, key) ?? []);
  const secrets = credentials && readCredentials?.(credentials, reading);
  if (credentials && !readCredentials) note(credentials, reading, `a ${word} has no credentials`);
  if (second) {
    note(second, reading, "stands beside credentials, which means the same; expected one of them");
  }
  const ofType = readFields(only(root, Object.keys(settings)), settings, reading);
  if (!ofType || fields?.name === undefined || reading.problems.length > before) return undefined;
  const { name, description = "", tags = {} } = fields;
  return {
    datastore: {
      name,
      type: typeOf(word),
      settings: present(ofType),
      ...defined({ isDefault: fields.is_default }),
      description,
      tags,
    },
    secrets: secrets ?? {},
  };
}

const present = (values: Record<string, string | undefined>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])),
  );

const shared = {
  $schema: text,
  name: required(datastoreName),
  is_default: boolean,
  description: text,
  tags: mapOf(looseText),
};

/** Read by themselves, or filled in by a server. */
const own = [
  "type",
  "credential",
  "credentials",
  "credential_names",
  "id",
  "creation_context",
  "resourceGroup",
];

const ignoring = (keys: readonly string[]) => Object.fromEntries(keys.map((key) => [key, ignored]));

const only = ({ node, path }: MapPlace, keys: readonly string[]): MapPlace => ({
  node: { ...node, entries: new Map([...node.entries].filter(([key]) => keys.includes(key))) },
  path,
});
