// Freezes a folder, or one file, as it is now: the manifest with every file's hash, and where its bytes lie.
import { hash as digest } from "node:crypto";
import { resolve } from "node:path";
import { canonicalManifest, type SnapshotFile, type SnapshotManifest } from "../core/snapshot.ts";
import type { Clock } from "../lib/clock.ts";
import { hashFiles, type BlobSink, type FileTaker, type HashedFile } from "./hash-files.ts";
import { checkLimits, defaultLimits, type SnapshotLimits } from "./limits.ts";
import { loadStatCache, saveStatCache } from "./stat-cache.ts";
import { walkTree, type WalkedFile } from "./walk-tree.ts";

export interface TakeOptions {
  clock: Clock;
  limits?: SnapshotLimits;
  /** Where to remember the hashes of unchanged files between two snapshots. */
  cacheFolder?: string;
  signal?: AbortSignal;
  /** Gets the bytes of small files that had to be read. */
  sink?: BlobSink;
  /** Is offered the files whose hashes are not known, before they are read. */
  taker?: FileTaker;
  onProgress?: (progress: { files: number; totalFiles: number; bytes: number; totalBytes: number }) => void;
}

export interface TakenSnapshot {
  id: string;
  manifest: SnapshotManifest;
  /** The text whose SHA-256 is the id. */
  canonical: string;
  totalBytes: number;
  /** How many files had to be read; the others were known from the cache. */
  filesRead: number;
  /** A file that had these bytes when it was hashed. It may have changed since. */
  pathOf(hash: string): string | undefined;
  /** What was left out for another reason than an ignore rule. */
  warnings: string[];
}

/** A file changed this shortly before could change again without a new time stamp: it is not remembered. */
const freshMs = 2000;

export async function takeSnapshot(folderOrFile: string, options: TakeOptions): Promise<TakenSnapshot> {
  const { clock, signal, cacheFolder, sink, taker, limits = defaultLimits } = options;
  const root = resolve(folderOrFile);
  const tree = await walkTree(root, { signal, stopAfterFiles: limits.files * 4 + 1 });
  checkLimits(root, tree, limits);

  const startedAt = clock.now();
  const cache = cacheFolder === undefined ? undefined : loadStatCache(cacheFolder, root);
  const hashed = new Map<string, HashedFile>();
  const unknown: WalkedFile[] = [];
  const report = progressReport(tree.files, options.onProgress);
  for (const file of tree.files) {
    const hash = cache?.find(file.path, file.stamp);
    if (hash === undefined) unknown.push(file);
    else {
      hashed.set(file.path, { hash, stamp: file.stamp, executable: file.executable });
      report(file);
    }
  }
  const onFile = (file: WalkedFile, found: HashedFile | undefined) => {
    if (found) hashed.set(file.path, found);
    else hashed.delete(file.path);
    report(file);
  };
  try {
    await hashFiles(unknown, { clock, signal, sink, taker, onFile });
  } finally {
    // Also when it was interrupted: the next one goes on from there. Without it the next is only slower.
    if (cacheFolder !== undefined && (unknown.length > 0 || cache?.size !== hashed.size)) {
      const settled = [...hashed].filter(([, { stamp }]) => stamp.changedMs < startedAt - freshMs);
      await saveStatCache(cacheFolder, root, new Map(settled)).catch(() => {});
    }
  }
  return {
    ...describe(tree.files, hashed, tree.emptyDirectories),
    filesRead: unknown.length,
    warnings: tree.warnings,
  };
}

function describe(
  walked: readonly WalkedFile[],
  hashed: ReadonlyMap<string, HashedFile>,
  emptyDirectories: readonly string[],
) {
  const files: SnapshotFile[] = [];
  const paths = new Map<string, string>();
  let totalBytes = 0;
  for (const { path, absolutePath } of walked) {
    const found = hashed.get(path);
    if (!found) continue;
    files.push({ path, hash: found.hash, sizeBytes: found.stamp.sizeBytes, executable: found.executable });
    paths.set(found.hash, absolutePath);
    totalBytes += found.stamp.sizeBytes;
  }
  const manifest: SnapshotManifest = {
    version: 1,
    files: files.sort((a, b) => (a.path < b.path ? -1 : 1)),
    emptyDirectories: [...emptyDirectories].sort(),
  };
  const canonical = canonicalManifest(manifest);
  return {
    id: digest("sha256", canonical),
    manifest,
    canonical,
    totalBytes,
    pathOf: (hash: string) => paths.get(hash),
  };
}

function progressReport(files: readonly WalkedFile[], onProgress: TakeOptions["onProgress"]) {
  if (!onProgress) return () => {};
  const totalBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  const done = new Set<string>();
  let bytes = 0;
  return (file: WalkedFile) => {
    if (done.has(file.path)) return;
    done.add(file.path);
    bytes += file.sizeBytes;
    onProgress({ files: done.size, totalFiles: files.length, bytes, totalBytes });
  };
}
