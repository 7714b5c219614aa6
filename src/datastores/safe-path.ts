// A path inside a datastore, checked before any store sees it.
import { isSafePath } from "../core/snapshot.ts";
import { DatastoreFailed } from "./datastore-client.ts";

export function checkFilePath(path: string): string {
  if (isSafePath(path)) return path;
  throw new DatastoreFailed(
    "invalid",
    `the path ${JSON.stringify(path.slice(0, 200))} is none inside a datastore; it has / between its parts, and no part is empty, . or ..`,
  );
}

/** Without the slash at its end; empty for the whole datastore. */
export function checkFolderPath(path: string): string {
  const folder = path.replace(/\/+$/, "");
  return folder === "" ? "" : checkFilePath(folder);
}
