// Makes the tree of a manifest: every file with its bytes and its executable bit, and the empty folders.
import { mkdirSync, readdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { Refused } from "../core/refused.ts";
import { isHash, isSafePath, type SnapshotFile, type SnapshotManifest } from "../core/snapshot.ts";
import { createPlaceFiles, type ReadBlob } from "./place-files.ts";

export interface RestoreOptions {
  /**
   * Keeps each blob here, so that the next snapshot of the same project fetches only what is new. Files are copied
   * out of it (sharing their blocks where the file system can), never linked: a job may write to its code.
   */
  cacheFolder?: string;
  signal?: AbortSignal;
  /** How many blobs are fetched at once. Default 16. */
  parallel?: number;
  onProgress?: (progress: { files: number; totalFiles: number; bytes: number; totalBytes: number }) => void;
}

const groupsPerTurn = 64;

/** `target` must be empty or not be there. When this throws, it holds nothing of the snapshot. */
export async function restoreSnapshot(
  manifest: SnapshotManifest,
  target: string,
  readBlob: ReadBlob,
  options: RestoreOptions = {},
): Promise<void> {
  const { cacheFolder, signal, parallel = 16 } = options;
  checkManifest(manifest);
  mkdirSync(target, { recursive: true });
  if (readdirSync(target).length > 0) {
    throw new Refused(
      "conflict",
      `The snapshot cannot be restored into ${target}: it is not empty.`,
      "Name an empty folder, or one that does not exist yet.",
    );
  }

  const report = progressReport(manifest, options.onProgress);
  if (cacheFolder !== undefined) mkdirSync(cacheFolder, { recursive: true, mode: 0o700 });
  const placeFiles = createPlaceFiles(target, readBlob, cacheFolder);
  const groups = [...Map.groupBy(manifest.files, (file) => file.hash).values()];
  const restoreNext = async (): Promise<void> => {
    for (let group = groups.pop(); group; group = groups.pop()) {
      signal?.throwIfAborted();
      await placeFiles(group, signal);
      group.forEach(report);
      // What the cache has is copied without waiting for anybody, so others get their turn here.
      if (groups.length % groupsPerTurn === 0) await setImmediate();
    }
  };

  try {
    const folders = new Set(manifest.files.map((file) => dirname(file.path)));
    for (const folder of [...folders, ...manifest.emptyDirectories]) {
      if (folder !== ".") mkdirSync(join(target, folder), { recursive: true });
    }
    await allOrFirstError(Array.from({ length: parallel }, restoreNext), () => (groups.length = 0));
  } catch (error) {
    for (const name of readdirSync(target)) await rm(join(target, name), { recursive: true, force: true });
    throw error;
  }
}

/** Waits for all, also after an error, so that nobody still writes when the target is emptied. */
async function allOrFirstError(work: Promise<void>[], onError: () => void): Promise<void> {
  const results = await Promise.allSettled(
    work.map((one) => one.catch((error) => (onError(), Promise.reject(error)))),
  );
  const failed = results.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
}

/** Nothing in a manifest may write outside the target, or over another of its entries. */
export function checkManifest(manifest: SnapshotManifest): void {
  const taken = new Set<string>();
  const folders = new Set(manifest.emptyDirectories);
  for (const { path, hash } of manifest.files) {
    if (!isSafePath(path) || !isHash(hash))
      throw refuseEntry(path, "is not a safe relative path with a hash");
    if (taken.has(path)) throw refuseEntry(path, "is in it twice");
    taken.add(path);
  }
  for (const path of manifest.emptyDirectories) if (!isSafePath(path)) throw refuseEntry(path, "is not safe");
  for (const path of [...taken, ...folders]) {
    for (let slash = path.lastIndexOf("/"); slash > 0; slash = path.lastIndexOf("/", slash - 1)) {
      folders.add(path.slice(0, slash));
    }
  }
  for (const path of taken) if (folders.has(path)) throw refuseEntry(path, "is both a file and a folder");
}

const refuseEntry = (path: string, why: string) =>
  new Refused(
    "invalid",
    `The snapshot cannot be restored: ${JSON.stringify(path.slice(0, 200))} ${why}.`,
    "Paths are relative, with / between their parts and no part that is empty, . or ..; take the snapshot again.",
  );

function progressReport(manifest: SnapshotManifest, onProgress: RestoreOptions["onProgress"]) {
  const totalBytes = manifest.files.reduce((sum, file) => sum + file.sizeBytes, 0);
  const totalFiles = manifest.files.length;
  let files = 0;
  let bytes = 0;
  return (file: SnapshotFile) => {
    files += 1;
    bytes += file.sizeBytes;
    onProgress?.({ files, totalFiles, bytes, totalBytes });
  };
}
