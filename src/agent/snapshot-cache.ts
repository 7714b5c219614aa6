// What this node has of snapshots: blobs by content, and whole trees that many attempts read and nobody writes.
import { randomUUID } from "node:crypto";
import { access, chmod, mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { manifestSchema } from "../api/snapshots.ts";
import { agentLayout } from "../core/home.ts";
import type { SnapshotManifest } from "../core/snapshot.ts";
import { restoreSnapshot } from "../snapshot/restore-snapshot.ts";
import type { Caller } from "./server-link.ts";
import { readState, writeState } from "./state-file.ts";

export interface SnapshotCache {
  /** Writes the tree into a folder of the caller's own, which must be empty. */
  restore(snapshot: string, target: string, signal: AbortSignal): Promise<Restored>;
  /** The path of a shared tree that nobody may write to. */
  mount(snapshot: string, signal: AbortSignal): Promise<{ path: string } & Restored>;
}

export interface Restored {
  files: number;
  sizeBytes: number;
}

export function createSnapshotCache(folder: string, call: Caller): SnapshotCache {
  const cacheFolder = join(folder, agentLayout.blobs);
  const manifests = join(folder, "manifests");
  const trees = join(folder, "trees");
  const mounting = new Map<string, Promise<unknown>>();

  async function manifestOf(snapshot: string, signal: AbortSignal): Promise<SnapshotManifest> {
    const path = join(manifests, `${snapshot}.json`);
    const known = await readState(path, manifestSchema);
    if (known) return known;
    const manifest = await call((client, options) => client.getSnapshot({ params: { snapshot } }, options), {
      signal,
    });
    await mkdir(manifests, { recursive: true });
    await writeState(path, manifest);
    return manifest;
  }

  /** As one call: when the server goes away in the middle, it is begun again with what the cache has got by then. */
  const write = (manifest: SnapshotManifest, target: string, signal: AbortSignal): Promise<void> =>
    call(
      (client, options, moved) =>
        restoreSnapshot(
          manifest,
          target,
          async function* (hash) {
            for await (const chunk of await client.getBlob({ params: { hash } }, options)) {
              moved();
              yield chunk;
            }
          },
          { cacheFolder, signal },
        ),
      { signal },
    );

  async function makeTree(snapshot: string, path: string, signal: AbortSignal): Promise<void> {
    const manifest = await manifestOf(snapshot, signal);
    const temporary = join(trees, `.${randomUUID()}`);
    try {
      await write(manifest, temporary, signal);
      // Only the files: folders stay writable for their owner, so that the cache can be deleted by ordinary means.
      for (const file of manifest.files) {
        await chmod(join(temporary, file.path), file.executable ? 0o555 : 0o444);
      }
      await rename(temporary, path);
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  }

  return {
    async restore(snapshot, target, signal) {
      const manifest = await manifestOf(snapshot, signal);
      await write(manifest, target, signal);
      return countOf(manifest);
    },

    async mount(snapshot, signal) {
      const path = join(trees, snapshot);
      // Two attempts that want the same tree at the same time get it one after the other, and the second for nothing.
      while (mounting.has(snapshot)) await mounting.get(snapshot)?.catch(() => {});
      if (!(await isThere(path))) {
        const made = makeTree(snapshot, path, signal);
        mounting.set(snapshot, made);
        await made.finally(() => mounting.delete(snapshot));
      }
      return { path, ...countOf(await manifestOf(snapshot, signal)) };
    },
  };
}

const countOf = (manifest: SnapshotManifest): Restored => ({
  files: manifest.files.length,
  sizeBytes: manifest.files.reduce((sum, file) => sum + file.sizeBytes, 0),
});

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
