// Blobs as files of their own: `loose/ab/cdef…`.
import { createHash } from "node:crypto";
import { rmSync, statSync, type Stats } from "node:fs";
import { mkdir, open, readdir, rename, rm, type FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { isHash } from "../../core/snapshot.ts";
import { newUuid } from "../../lib/ids.ts";
import {
  BlobDamaged,
  type ByteRange,
  type StoredBlob,
  type SweepOptions,
  type SweptBlobs,
} from "../blobs.ts";
import { appendAll, syncFolder, writeBytes } from "./durable.ts";
import { countSwept, noteUse } from "./use.ts";

/** Small pieces are collected sooner: with pieces of 1 MiB a server that gives out a large file held 40 MB more. */
const readChunkBytes = 1 << 16;
/** Looks that do not wait are many times as fast; others get their turn in between. */
const looksPerTurn = 256;

/** A file beside the store that is complete and synced, but has no name in the store yet. */
export interface TempBlob extends StoredBlob {
  path: string;
}

export interface LooseFiles {
  /** Saying yes is a use of the blob. */
  has(hash: string): boolean;
  size(hash: string): Promise<number | undefined>;
  writeTemp(source: AsyncIterable<Uint8Array>): Promise<TempBlob>;
  /** Gives finished files their names, durably. */
  publish(blobs: readonly TempBlob[]): Promise<void>;
  /** The bytes, checked as they go when the whole blob is read. Throws ENOENT when there is no such file. */
  read(hash: string, range?: ByteRange): AsyncGenerator<Uint8Array>;
  remove(hash: string): Promise<boolean>;
  sweep(options: SweepOptions, swept: SweptBlobs): Promise<void>;
  /** Every hash that has a file. */
  all(): AsyncGenerator<string>;
  pathOf(hash: string): string;
}

export async function openLooseFiles(folder: string, tempFolder: string): Promise<LooseFiles> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const folders = await readdir(folder);
  // A name that a killed process gave may not be durable yet, and we are about to promise that it is.
  await Promise.all([folder, ...folders.map((name) => join(folder, name))].map(syncFolder));

  /** Named, but a power cut could still take the name away: not to be called stored. */
  const settling = new Set<string>();
  const pathOf = (hash: string) => join(folder, hash.slice(0, 2), hash.slice(2));

  function use(hash: string): Stats | undefined {
    if (settling.has(hash)) return undefined;
    const path = pathOf(hash);
    const facts = statSync(path, { throwIfNoEntry: false });
    if (facts) noteUse(path, facts.mtimeMs);
    return facts;
  }

  async function writeTemp(source: AsyncIterable<Uint8Array>): Promise<TempBlob> {
    const path = join(tempFolder, newUuid());
    const handle = await open(path, "wx", 0o600);
    try {
      const written = await copyAndHash(source, handle);
      await handle.sync();
      await handle.close();
      return { path, ...written };
    } catch (error) {
      await handle.close().catch(() => {});
      await rm(path, { force: true });
      throw error;
    }
  }

  async function publish(blobs: readonly TempBlob[]): Promise<void> {
    const changed = new Set<string>();
    for (const blob of blobs) {
      const path = pathOf(blob.hash);
      settling.add(blob.hash);
      if ((await mkdir(dirname(path), { recursive: true, mode: 0o700 })) !== undefined) changed.add(folder);
      await rename(blob.path, path);
      changed.add(dirname(path));
    }
    await Promise.all([...changed].map(syncFolder));
    for (const blob of blobs) settling.delete(blob.hash);
  }

  async function* read(hash: string, range?: ByteRange): AsyncGenerator<Uint8Array> {
    const path = pathOf(hash);
    const handle = await open(path, "r");
    try {
      if (range) yield* readRange(handle, range);
      else yield* readChecked(handle, hash, path);
    } finally {
      await handle.close();
    }
  }

  async function remove(hash: string): Promise<boolean> {
    try {
      await rm(pathOf(hash));
      return true;
    } catch (error) {
      if (isMissingFile(error)) return false;
      throw error;
    }
  }

  /** Between the look at a file and its end nobody else gets a turn, so nobody is told that it is there. */
  async function sweep(options: SweepOptions, swept: SweptBlobs) {
    let looks = 0;
    for await (const hash of all()) {
      if (++looks % looksPerTurn === 0) await setImmediate();
      options.signal?.throwIfAborted();
      const path = pathOf(hash);
      const facts = statSync(path, { throwIfNoEntry: false });
      if (!facts) continue;
      const fate = options.isNamed(hash)
        ? "kept"
        : facts.mtimeMs >= options.unusedSince
          ? "waiting"
          : "removed";
      countSwept(swept, fate, facts.size);
      if (fate === "removed" && !options.dryRun) rmSync(path, { force: true });
    }
  }

  async function* all(): AsyncGenerator<string> {
    for (const start of await readdir(folder)) {
      for (const rest of await readdir(join(folder, start))) if (isHash(start + rest)) yield start + rest;
    }
  }

  return {
    has: (hash) => use(hash) !== undefined,
    size: async (hash) => use(hash)?.size,
    writeTemp,
    publish,
    read,
    remove,
    sweep,
    all,
    pathOf,
  };
}

async function copyAndHash(source: AsyncIterable<Uint8Array>, handle: FileHandle): Promise<StoredBlob> {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  for await (const chunk of source) {
    hash.update(chunk);
    sizeBytes += chunk.length;
    waitingBytes += chunk.length;
    waiting.push(chunk);
    if (waitingBytes < writeBytes) continue;
    await appendAll(handle, waiting);
    waiting = [];
    waitingBytes = 0;
  }
  await appendAll(handle, waiting);
  return { hash: hash.digest("hex"), sizeBytes };
}

async function* readRange(handle: FileHandle, range: ByteRange): AsyncGenerator<Uint8Array> {
  const end = range.end ?? Infinity;
  for (let at = range.start; at < end;) {
    const buffer = Buffer.allocUnsafe(Math.min(readChunkBytes, end - at));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

async function* readChecked(handle: FileHandle, hash: string, path: string): AsyncGenerator<Uint8Array> {
  const found = createHash("sha256");
  let held: Uint8Array | undefined;
  for await (const chunk of readRange(handle, { start: 0 })) {
    if (held) yield held;
    found.update(chunk);
    held = chunk;
  }
  if (found.digest("hex") !== hash) throw new BlobDamaged(hash, path, "its bytes have another hash");
  if (held) yield held;
}

export const isMissingFile = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "ENOENT";
