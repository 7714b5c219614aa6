// Trees on disk: shared ones, made of links to the cache and written to by nobody, and copies of a job's own.
import { randomUUID } from "node:crypto";
import { lstatSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { Refused } from "../../core/refused.ts";
import type { SnapshotFile } from "../../core/snapshot.ts";
import { checkManifest, restoreSnapshot } from "../../snapshot/restore-snapshot.ts";
import { isSealed } from "./blob-cache.ts";
import type { BlobCache } from "./blob-cache.ts";
import type { Tree } from "./tree.ts";

/** A blob may be harmed or evicted between being fetched and being used; then it is fetched again, but not for ever. */
const mostRounds = 3;
/** The checks do not wait for anything, so that others get their turn after this many. */
const checksPerTurn = 256;

/** Writes the tree into an empty folder of the caller's own, every file with an inode of its own. */
export async function copyTree(
  tree: Tree,
  target: string,
  blobs: BlobCache,
  signal: AbortSignal,
): Promise<void> {
  for (let round = 1; ; round++) {
    await fillCache(tree, tree.manifest.files, blobs, signal);
    try {
      return await restoreSnapshot(tree.manifest, target, goneFrom(blobs), {
        cacheFolder: blobs.folder,
        signal,
      });
    } catch (error) {
      if (!(error instanceof BlobGone) || round === mostRounds) throw error;
    }
  }
}

class BlobGone extends Error {}

/** Everything was in the cache a moment ago: what is asked for here was harmed, or taken away. */
const goneFrom = (blobs: BlobCache) =>
  // oxlint-disable-next-line require-yield
  async function* (hash: string): AsyncGenerator<Uint8Array> {
    blobs.drop(hash);
    throw new BlobGone(`the cache lost the blob ${hash} again and again while it was used`);
  };

/** Makes the shared tree at this path, or repairs what somebody has changed in the one that is there. */
export async function shareTree(
  tree: Tree,
  path: string,
  blobs: BlobCache,
  signal: AbortSignal,
): Promise<void> {
  if (lstatSync(path, { throwIfNoEntry: false })) {
    await repairTree(tree, path, blobs, signal);
    return;
  }
  checkManifest(tree.manifest);
  const temporary = join(dirname(path), `.${randomUUID()}`);
  try {
    await mkdir(temporary, { recursive: true });
    await fillCache(tree, tree.manifest.files, blobs, signal);
    const folders = new Set(tree.manifest.files.map((file) => dirname(file.path)));
    for (const folder of [...folders, ...tree.manifest.emptyDirectories]) {
      await mkdir(join(temporary, folder), { recursive: true });
    }
    for (const file of tree.manifest.files) {
      signal.throwIfAborted();
      await blobs.link(file.hash, join(temporary, file.path), file.executable);
    }
    await rename(temporary, path);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** File by file and each at once, for others read it meanwhile. */
async function repairTree(tree: Tree, path: string, blobs: BlobCache, signal: AbortSignal): Promise<void> {
  const harmed: SnapshotFile[] = [];
  for (const [index, file] of tree.manifest.files.entries()) {
    if (index % checksPerTurn === 0) await setImmediate();
    const facts = lstatSync(join(path, file.path), { throwIfNoEntry: false });
    if (!facts || !isSealed(facts, file.sizeBytes)) harmed.push(file);
  }
  if (harmed.length === 0) return;
  await fillCache(tree, harmed, blobs, signal);
  for (const file of harmed) {
    const temporary = join(dirname(path), `.${randomUUID()}`);
    await blobs.link(file.hash, temporary, file.executable);
    await mkdir(dirname(join(path, file.path)), { recursive: true });
    await rm(join(path, file.path), { recursive: true, force: true });
    await rename(temporary, join(path, file.path));
  }
}

async function fillCache(
  tree: Tree,
  files: readonly SnapshotFile[],
  blobs: BlobCache,
  signal: AbortSignal,
): Promise<void> {
  const missing: SnapshotFile[] = [];
  const distinct = [...new Map(files.map((file) => [file.hash, file])).values()];
  for (const [index, file] of distinct.entries()) {
    if (index % checksPerTurn === 0) await setImmediate();
    signal.throwIfAborted();
    if (!(await blobs.has(file))) missing.push(file);
  }
  if (missing.length > 0) await tree.fetch(missing, signal).catch(explainFullDisk);
}

export function explainFullDisk(error: unknown): never {
  if (error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT")) {
    throw new Refused(
      "too-large",
      "the node's disk is full",
      "Make room on it, or lower the cap of the agent's cache.",
    );
  }
  throw error;
}
