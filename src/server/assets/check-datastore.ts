// Whether a datastore's settings can be used, and hold nothing that should be a secret.
import { isAbsolute } from "node:path";
import type { DatastoreType } from "../../core/datastore.ts";
import { Refused } from "../../core/refused.ts";

const needed: Record<DatastoreType, readonly string[]> = {
  local_folder: ["path"],
  azure_blob: ["account_name", "container_name"],
  s3: ["bucket"],
  azure_file: ["account_name", "file_share_name"],
  azure_data_lake_gen1: ["store_name"],
  azure_data_lake_gen2: ["account_name"],
};

/** Settings are shown to whoever asks, so what opens a door must not be among them. */
const opensDoors = /(^|_)(key|secret|token|password|certificate)$|connection_string/i;

export function refuseBadSettings(type: DatastoreType, settings: Record<string, string>): void {
  const missing = needed[type].filter((name) => (settings[name] ?? "") === "");
  if (missing.length > 0) {
    throw new Refused("invalid", `a datastore of type ${type} needs ${missing.join(" and ")}`, "add it");
  }
  const secret = Object.keys(settings).find((name) => opensDoors.test(name));
  if (secret !== undefined) {
    throw new Refused(
      "invalid",
      `${secret} is a secret and stands among the settings, which everyone may read`,
      "send it among the secrets; in a file it stands below credential or credentials",
    );
  }
  const endpoint = settings["endpoint"];
  if (endpoint !== undefined && /\/\/[^/]*@|[?&]sig=/.test(endpoint)) {
    throw new Refused(
      "invalid",
      "the endpoint holds a password or a signature",
      "send the address alone, and the password or token among the secrets",
    );
  }
  const path = settings["path"];
  if (type === "local_folder" && path !== undefined && !isAbsolute(path)) {
    throw new Refused("invalid", `the path ${path} is relative`, "give the folder's absolute path");
  }
}
