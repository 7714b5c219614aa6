// Writes the files of a snapshot that have the same bytes, from a cache of blobs on this machine or from their source.
import { createHash, hash as digest } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { chmod, constants, copyFile, mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { SnapshotFile } from "../core/snapshot.ts";
import { newUuid } from "../lib/ids.ts";

export type ReadBlob = (hash: string, signal: AbortSignal | undefined) => AsyncIterable<Uint8Array>;

/** Several files with one hash, at least one. */
export type PlaceFiles = (files: readonly SnapshotFile[], signal: AbortSignal | undefined) => Promise<void>;

/** Up to this size a file is held whole and written at once: for thousands of files that is what is fast. */
const smallBytes = 1 << 20;

export function createPlaceFiles(
  target: string,
  readBlob: ReadBlob,
  cacheFolder: string | undefined,
): PlaceFiles {
  const cachedAt = (hash: string) =>
    cacheFolder === undefined ? undefined : join(cacheFolder, hash.slice(0, 2), hash.slice(2));
  const tempPath = () => join(cacheFolder!, `${newUuid()}.temp`);

  async function placeSmall(files: readonly SnapshotFile[], signal: AbortSignal | undefined): Promise<void> {
    const [first] = files;
    const cached = cachedAt(first!.hash);
    const known = cached === undefined ? undefined : readChecked(cached, first!.hash);
    const bytes = known ?? (await fetchSmall(first!, signal));
    for (const file of files) {
      writeFileSync(join(target, file.path), bytes, { flag: "wx", mode: modeOf(file.executable) });
    }
    if (cached !== undefined && !known) writeCached(cached, bytes);
  }

  async function fetchSmall(file: SnapshotFile, signal: AbortSignal | undefined): Promise<Buffer> {
    const pieces: Uint8Array[] = [];
    let sizeBytes = 0;
    for await (const piece of readBlob(file.hash, signal)) {
      pieces.push(piece);
      sizeBytes += piece.length;
      if (sizeBytes > file.sizeBytes) break;
    }
    const bytes = Buffer.concat(pieces);
    checkContent(file, digest("sha256", bytes), sizeBytes);
    return bytes;
  }

  function writeCached(cached: string, bytes: Uint8Array): void {
    const temp = tempPath();
    try {
      writeFileSync(temp, bytes, { flag: "wx" });
      mkdirSync(dirname(cached), { recursive: true });
      renameSync(temp, cached);
    } catch (error) {
      rmSync(temp, { force: true });
      throw error;
    }
  }

  async function placeBig(files: readonly SnapshotFile[], signal: AbortSignal | undefined): Promise<void> {
    const [first, ...others] = files;
    const firstPath = join(target, first!.path);
    const cached = cachedAt(first!.hash);
    if (cached === undefined) {
      await writeStream(first!, firstPath, modeOf(first!.executable), signal);
    } else if (!(await copyChecked(first!, cached, firstPath))) {
      await fetchThrough(first!, cached, firstPath, signal);
    }
    for (const file of others) await copyTo(firstPath, join(target, file.path), file.executable);
  }

  async function fetchThrough(
    file: SnapshotFile,
    cached: string,
    path: string,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const temp = tempPath();
    try {
      await writeStream(file, temp, modeOf(false), signal);
      await copyTo(temp, path, file.executable);
      await mkdir(dirname(cached), { recursive: true });
      await rename(temp, cached);
    } catch (error) {
      await rm(temp, { force: true });
      throw error;
    }
  }

  async function writeStream(
    file: SnapshotFile,
    path: string,
    mode: number,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    await using handle = await open(path, "wx", mode);
    const hash = createHash("sha256");
    let sizeBytes = 0;
    for await (const piece of readBlob(file.hash, signal)) {
      hash.update(piece);
      sizeBytes += piece.length;
      await handle.writeFile(piece);
    }
    checkContent(file, hash.digest("hex"), sizeBytes);
  }

  return (files, signal) =>
    files[0]!.sizeBytes <= smallBytes ? placeSmall(files, signal) : placeBig(files, signal);
}

const modeOf = (executable: boolean) => (executable ? 0o777 : 0o666);

/** Undefined when there is no such file, or its bytes are not those any more. */
function readChecked(path: string, hash: string): Buffer | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    if (isMissingFile(error)) return undefined;
    throw error;
  }
  return digest("sha256", bytes) === hash ? bytes : undefined;
}

/** False when the cache has no such file, or one whose bytes are not those any more. */
async function copyChecked(file: SnapshotFile, cached: string, path: string): Promise<boolean> {
  try {
    await copyTo(cached, path, file.executable);
  } catch (error) {
    if (isMissingFile(error)) return false;
    throw error;
  }
  await using handle = await open(path, "r");
  const hash = createHash("sha256");
  const pieces = handle.createReadStream({ autoClose: false, highWaterMark: smallBytes });
  for await (const piece of pieces) hash.update(piece as Buffer);
  if (hash.digest("hex") === file.hash) return true;
  await rm(path);
  await rm(cached, { force: true });
  return false;
}

async function copyTo(source: string, path: string, executable: boolean): Promise<void> {
  await copyFile(source, path, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  const { mode } = await stat(path);
  // A cached file may be sealed against writing; a copy belongs to the job.
  const plain = (mode & 0o666) | 0o200;
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

const isMissingFile = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "ENOENT";
