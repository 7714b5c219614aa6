// The registry's copies of models under `mlflow-artifacts:/registered-models/…`: files of snapshots, to read only.
import { Refused } from "../../core/refused.ts";
import { findModelVersion } from "../../store/registry-versions.ts";
import type { ModelVersion } from "../../store/registry-versions.ts";
import type { Db } from "../../store/store.ts";
import type { ServerContext } from "../context.ts";
import { readManifest } from "../files/read-manifest.ts";
import type { ListedFile, Place } from "./artifact-place.ts";

const folder = "registered-models";

export const registeredPlace = ({ seq }: ModelVersion): string => `mlflow-artifacts:/${folder}/${seq}`;

/** Who may read the registry may read its files, and every token that comes this far may. */
export function findRegistered(parts: readonly string[]): Place | undefined {
  const [first, seq = "", ...rest] = parts;
  if (first !== folder) return undefined;
  return { owner: `${folder}/${seq}`, path: rest.join("/"), isRun: false, subject: {} };
}

export const isRegistered = (owner: string): boolean => owner.startsWith(`${folder}/`);

export function refuseRegistered({ owner, path }: Place): void {
  if (!isRegistered(owner)) return;
  throw new Refused(
    "immutable",
    `${owner}/${path} is of a registered model: its files never change`,
    "register the next version",
  );
}

export async function versionAt(db: Db, owner: string): Promise<ModelVersion | undefined> {
  const seq = owner.slice(folder.length + 1);
  return /^\d{1,15}$/.test(seq) ? findModelVersion(db, { seq: Number(seq) }) : undefined;
}

async function filesOf({ store, blobs }: ServerContext, owner: string) {
  const version = await versionAt(store.db, owner);
  const source = version?.content.kind === "model" ? version.content.source : undefined;
  return source?.kind === "snapshot" ? (await readManifest(blobs, source.id)).files : [];
}

export async function findRegisteredFile(
  context: ServerContext,
  { owner, path }: Place,
): Promise<{ hash: string; growingId: null; sizeBytes: number } | undefined> {
  const file = (await filesOf(context, owner)).find((one) => one.path === path);
  return file && { hash: file.hash, growingId: null, sizeBytes: file.sizeBytes };
}

/** What lies directly in a folder, by name. */
export async function listRegistered(
  context: ServerContext,
  owner: string,
  within: string,
): Promise<ListedFile[]> {
  const prefix = within === "" ? "" : `${within}/`;
  const found = new Map<string, ListedFile>();
  for (const { path, sizeBytes } of await filesOf(context, owner)) {
    if (!path.startsWith(prefix)) continue;
    const [name = "", ...below] = path.slice(prefix.length).split("/");
    const isFolder = below.length > 0;
    const child = prefix + name;
    found.set(child, { path: child, is_dir: isFolder, ...(!isFolder && { file_size: sizeBytes }) });
  }
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}
