// Credentials in a datastore's file: read without ever repeating a value in a message.
import type { DatastoreType } from "../../core/datastore.ts";
import { nearestName } from "../../core/names.ts";
import { followFile } from "../text/follow-file.ts";
import { note, type Place, type Reading } from "../text/notes.ts";
import type { Problem } from "../text/problem.ts";
import { joinPath } from "../text/tree.ts";
import { defined, type Reader } from "../text/read.ts";

/** By the word in the file, the name under which the server keeps it. */
const principal = {
  tenant_id: "tenant_id",
  client_id: "client_id",
  client_secret: "client_secret",
  authority_uri: "authority_url",
  authority_url: "authority_url",
  resource_uri: "resource_url",
  resource_url: "resource_url",
  thumbprint: "thumbprint",
  certificate: "certificate",
};
const account = { account_key: "account_key", access_key: "account_key", sas_token: "sas_token" };

const names: Record<DatastoreType, Record<string, string> | undefined> = {
  azure_blob: { ...account, ...principal },
  azure_file: { ...account, ...principal },
  azure_data_lake_gen1: principal,
  azure_data_lake_gen2: { ...account, ...principal },
  s3: {
    access_key_id: "access_key_id",
    secret_access_key: "secret_access_key",
    session_token: "session_token",
  },
  local_folder: undefined,
};

/** Undefined for types that need none. */
export function credentialsOf(type: DatastoreType): Reader<Record<string, string>> | undefined {
  const known = names[type];
  return known && ((place, reading) => readCredentials(place, known, reading));
}

function readCredentials(
  place: Place,
  known: Record<string, string>,
  reading: Reading,
): Record<string, string> | undefined {
  const isFile = place.node.kind === "scalar" && String(place.node.value).startsWith("file:");
  const target = isFile ? followFile(place, reading) : place;
  if (!target) return undefined;
  if (target.node.kind !== "map") return note(target, reading, `expected a mapping of ${listOf(known)}`);
  const secrets: Record<string, string> = {};
  for (const [key, { value }] of target.node.entries) {
    const at = { node: value, path: joinPath(target.path, key) };
    const name = Object.hasOwn(known, key) ? known[key] : undefined;
    if (name === undefined) {
      note(at, reading, `unknown key; allowed: ${listOf(known)}`, {
        nearest: nearestName(key, Object.keys(known)),
      });
    } else if (value.kind !== "scalar" || value.value === null || value.text.trim() === "") {
      note(at, reading, "expected a text that is not empty");
    } else secrets[name] = typeof value.value === "string" ? value.value : value.text;
  }
  return secrets;
}

const listOf = (known: Record<string, string>): string => Object.keys(known).join(", ");

/**
 * No line of the file is shown, nor what was assigned by --set: a value can stand anywhere when a file is faulty,
 * and the parser's own messages quote what it stumbled over.
 */
export function hideSecrets(problem: Problem): Problem {
  const { file, line, column, path, message, nearest, hint } = problem;
  return {
    file: file.startsWith("--set") ? file.replace(/=.*$/s, "=…") : file,
    path,
    message: message.startsWith("is not valid YAML") ? "is not valid YAML" : message,
    ...defined({ line, column, nearest, hint }),
  };
}
