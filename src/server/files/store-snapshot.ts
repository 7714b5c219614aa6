// Stores a manifest whose files are stored: from then on the snapshot is there.
import { createHash } from "node:crypto";
import { Refused } from "../../core/refused.ts";
import { canonicalManifest } from "../../core/snapshot.ts";
import type { SnapshotManifest } from "../../core/snapshot.ts";
import { saveSnapshot, useSnapshot } from "../../store/snapshots.ts";
import type { ServerContext } from "../context.ts";

export async function storeSnapshot(
  { store, blobs, clock }: Pick<ServerContext, "store" | "blobs" | "clock">,
  manifest: SnapshotManifest,
): Promise<{ id: string; missing: string[]; stored: boolean }> {
  refuseBadTree(manifest);
  const text = Buffer.from(canonicalManifest(manifest));
  const id = createHash("sha256").update(text).digest("hex");
  if (await useSnapshot(store, id, clock.now())) return { id, missing: [], stored: true };
  const missing = await blobs.missing(manifest.files.map((file) => file.hash));
  if (missing.length > 0) return { id, missing, stored: false };
  await blobs.write(once(text), id);
  const sizeBytes = manifest.files.reduce((sum, file) => sum + file.sizeBytes, 0);
  await store.write((tx) =>
    saveSnapshot(tx, { id, fileCount: manifest.files.length, sizeBytes, at: clock.now() }),
  );
  return { id, missing: [], stored: true };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Two files of one name, or a file where another path needs a folder, cannot be laid out on a disk. */
function refuseBadTree(manifest: SnapshotManifest): void {
  const files = new Set<string>();
  let last = "";
  for (const { path } of manifest.files) {
    if (path <= last) throw new Refused("invalid", `the files are not sorted, or ${path} is there twice`);
    last = path;
    files.add(path);
  }
  last = "";
  for (const folder of manifest.emptyDirectories) {
    if (folder <= last)
      throw new Refused("invalid", `the folders are not sorted, or ${folder} is there twice`);
    last = folder;
  }
  for (const path of [...files, ...manifest.emptyDirectories.map((folder) => `${folder}/`)]) {
    for (let end = path.indexOf("/"); end > 0; end = path.indexOf("/", end + 1)) {
      if (files.has(path.slice(0, end))) {
        throw new Refused("invalid", `${path.slice(0, end)} is a file, and ${path} needs it to be a folder`);
      }
    }
  }
}
