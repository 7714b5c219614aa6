// Makes the tree of a manifest: every file with its bytes and its executable bit, and the empty folders.
import { createHash } from "node:crypto";
import { chmod, constants, copyFile, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Refused } from "../core/refused.ts";
import { isHash, isSafePath, type SnapshotFile, type SnapshotManifest } from "../core/snapshot.ts";
import { newUuid } from "../lib/ids.ts";

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

export type ReadBlob = (hash: string, signal: AbortSignal | undefined) => AsyncIterable<Uint8Array>;

/** `target` must be empty or not be there. When this throws, it holds nothing of the snapshot. */
export async function restoreSnapshot(
  manifest: SnapshotManifest,
  target: string,
  readBlob: ReadBlob,
  options: RestoreOptions = {},
): Promise<void> {
  const { cacheFolder, signal, parallel = 16 } = options;
  checkManifest(manifest);
  await mkdir(target, { recursive: true });
  if ((await readdir(target)).length > 0) {
    throw new Refused(
      "conflict",
      `The snapshot cannot be restored into ${target}: it is not empty.`,
      "Name an empty folder, or one that does not exist yet.",
    );
  }

  const report = progressReport(manifest, options.onProgress);
  const fetch = cacheFolder === undefined ? writeBlob : await throughCache(cacheFolder);
  const groups = [...Map.groupBy(manifest.files, (file) => file.hash).values()];
  const restoreNext = async (): Promise<void> => {
    for (let group = groups.pop(); group; group = groups.pop()) {
      signal?.throwIfAborted();
      const [first, ...others] = group;
      const firstPath = join(target, first!.path);
      await fetch(first!, firstPath, readBlob, signal);
      for (const file of others) await copyTo(firstPath, join(target, file.path), file.executable);
      group.forEach(report);
    }
  };

  try {
    const folders = new Set(manifest.files.map((file) => dirname(file.path)));
    for (const folder of [...folders, ...manifest.emptyDirectories]) {
      await mkdir(join(target, folder), { recursive: true });
    }
    await allOrFirstError(Array.from({ length: parallel }, restoreNext), () => (groups.length = 0));
  } catch (error) {
    for (const name of await readdir(target)) await rm(join(target, name), { recursive: true, force: true });
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

type Fetch = (
  file: SnapshotFile,
  path: string,
  readBlob: ReadBlob,
  signal: AbortSignal | undefined,
) => Promise<void>;

const modeOf = (executable: boolean) => (executable ? 0o777 : 0o666);

const writeBlob: Fetch = async (file, path, readBlob, signal) => {
  await using handle = await open(path, "wx", modeOf(file.executable));
  const hash = createHash("sha256");
  let sizeBytes = 0;
  for await (const chunk of readBlob(file.hash, signal)) {
    hash.update(chunk);
    sizeBytes += chunk.length;
    await handle.writeFile(chunk);
  }
  checkContent(file, hash.digest("hex"), sizeBytes);
};

async function throughCache(cacheFolder: string): Promise<Fetch> {
  await mkdir(cacheFolder, { recursive: true, mode: 0o700 });
  return async (file, path, readBlob, signal) => {
    const cached = join(cacheFolder, file.hash.slice(0, 2), file.hash.slice(2));
    if (await copyChecked(file, cached, path)) return;
    const temp = join(cacheFolder, `${newUuid()}.temp`);
    try {
      await writeBlob({ ...file, executable: false }, temp, readBlob, signal);
      await copyTo(temp, path, file.executable);
      await mkdir(dirname(cached), { recursive: true });
      await rename(temp, cached);
    } catch (error) {
      await rm(temp, { force: true });
      throw error;
    }
  };
}

/** False when the cache has no such file, or one whose bytes are not those any more. */
async function copyChecked(file: SnapshotFile, cached: string, path: string): Promise<boolean> {
  try {
    await copyTo(cached, path, file.executable);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
    throw error;
  }
  await using handle = await open(path, "r");
  const hash = createHash("sha256");
  for await (const chunk of handle.createReadStream({ autoClose: false, highWaterMark: 1 << 20 }))
    hash.update(chunk);
  if (hash.digest("hex") === file.hash) return true;
  await rm(path);
  await rm(cached, { force: true });
  return false;
}

async function copyTo(source: string, path: string, executable: boolean): Promise<void> {
  await copyFile(source, path, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  const { mode } = await stat(path);
  const plain = mode & 0o666;
  // Whoever may read it may run it: that keeps to the umask, which shaped the copied file.
  const wanted = executable ? plain | ((plain & 0o444) >> 2) : plain;
  if (wanted !== (mode & 0o777)) await chmod(path, wanted);
}

function checkContent(file: SnapshotFile, hash: string, sizeBytes: number): void {
  if (hash === file.hash && sizeBytes === file.sizeBytes) return;
  throw new Error(
    `${file.path} did not arrive whole: ${sizeBytes} bytes with the SHA-256 ${hash} came for ` +
      `${file.sizeBytes} bytes with ${file.hash}. Try again; if it stays, the stored blob is damaged.`,
  );
}

/** Nothing in a manifest may write outside the target, or over another of its entries. */
function checkManifest(manifest: SnapshotManifest): void {
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
