// A tree of files by content that the node's cache can lay out, wherever its bytes come from.
import { createHash } from "node:crypto";
import { canonicalManifest } from "../../core/snapshot.ts";
import type { SnapshotFile, SnapshotManifest } from "../../core/snapshot.ts";

export interface Tree {
  /** By content: trees with the same files are one. */
  id: string;
  manifest: SnapshotManifest;
  /** Brings the bytes of these files, each hash once, into the cache. */
  fetch(files: readonly SnapshotFile[], signal: AbortSignal): Promise<void>;
}

export function treeOf(
  files: readonly { path: string; hash: string; sizeBytes: number }[],
  fetch: Tree["fetch"],
): Tree {
  const manifest: SnapshotManifest = {
    version: 1,
    files: files
      .map(({ path, hash, sizeBytes }) => ({ path, hash, sizeBytes, executable: false }))
      .toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    emptyDirectories: [],
  };
  return {
    id: createHash("sha256").update(canonicalManifest(manifest)).digest("hex"),
    manifest,
    fetch,
  };
}

export interface TreeSize {
  files: number;
  sizeBytes: number;
}

export const sizeOf = ({ manifest }: Tree): TreeSize => ({
  files: manifest.files.length,
  sizeBytes: manifest.files.reduce((sum, file) => sum + file.sizeBytes, 0),
});
