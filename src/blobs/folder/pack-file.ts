// Many small blobs in one file, so that thousands of them cost two syncs: frames as in core/blob-frames.ts,
// then the index, [32-byte hash][8-byte offset of the bytes][8-byte size] a blob, then the footer,
// [8-byte number of blobs][SHA-256 of the index]["trypack1"]. A pack is written once and never changed.
import { hash as digest } from "node:crypto";
import { open, rename, rm, type FileHandle } from "node:fs/promises";
import { basename, join } from "node:path";
import { encodeFrameHeader, frameHeaderBytes } from "../../core/blob-frames.ts";
import { systemClock } from "../../lib/clock.ts";
import { newUuid } from "../../lib/ids.ts";
import { appendAll, readPart, syncFolder, writeBytes } from "./durable.ts";

export const entryBytes = 48;
const footerBytes = 48;
const magic = Buffer.from("trypack1");

export interface PackIndex {
  path: string;
  /** `entryBytes` a blob. */
  entries: Buffer;
  /** The index could not be trusted, so it was made again from the frames. */
  rebuilt: boolean;
  /** When one of its blobs was last used, in milliseconds since the epoch. */
  usedAt: number;
}

export interface SmallBlob {
  hash: string;
  /** The bytes, in as many pieces as they came in. */
  pieces: readonly Uint8Array[];
  sizeBytes: number;
}

export interface PackWriter {
  add(blob: SmallBlob): Promise<void>;
  /** Makes the pack durable under its name. */
  publish(packFolder: string): Promise<PackIndex>;
  abandon(): Promise<void>;
}

export async function createPack(tempFolder: string): Promise<PackWriter> {
  const path = join(tempFolder, `${newUuid()}.pack`);
  const handle = await open(path, "wx", 0o600);
  const entries: Buffer[] = [];
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let position = 0;

  async function flush(): Promise<void> {
    const buffers = waiting;
    waiting = [];
    waitingBytes = 0;
    await appendAll(handle, buffers);
  }

  async function add({ hash, pieces, sizeBytes }: SmallBlob): Promise<void> {
    entries.push(makeEntry(hash, position + frameHeaderBytes, sizeBytes));
    waiting.push(encodeFrameHeader(hash, sizeBytes), ...pieces);
    position += frameHeaderBytes + sizeBytes;
    waitingBytes += frameHeaderBytes + sizeBytes;
    if (waitingBytes >= writeBytes) await flush();
  }

  async function publish(packFolder: string): Promise<PackIndex> {
    const index = Buffer.concat(entries);
    waiting.push(index, makeFooter(index));
    await flush();
    await handle.sync();
    await handle.close();
    return namePack(path, index, packFolder);
  }

  async function abandon(): Promise<void> {
    await handle.close().catch(() => {});
    await rm(path, { force: true });
  }

  return { add, publish, abandon };
}

/** Gives a pack that is complete and synced its name, durably. */
export async function namePack(path: string, entries: Buffer, packFolder: string): Promise<PackIndex> {
  const finalPath = join(packFolder, basename(path));
  await rename(path, finalPath);
  await syncFolder(packFolder);
  return { path: finalPath, entries, rebuilt: false, usedAt: systemClock.now() };
}

/** The index of a pack; when rot has reached it, the one that its frames still tell. */
export async function loadPackIndex(path: string): Promise<PackIndex> {
  const handle = await open(path, "r");
  try {
    const { size, mtimeMs: usedAt } = await handle.stat();
    const entries = await readIndex(handle, size);
    return entries
      ? { path, entries, rebuilt: false, usedAt }
      : { path, entries: await scanFrames(handle, size), rebuilt: true, usedAt };
  } finally {
    await handle.close();
  }
}

async function readIndex(handle: FileHandle, fileBytes: number): Promise<Buffer | undefined> {
  if (fileBytes < footerBytes) return undefined;
  const footer = await readPart(handle, fileBytes - footerBytes, footerBytes);
  if (!footer.subarray(40).equals(magic)) return undefined;
  const indexBytes = Number(footer.readBigUInt64BE(0)) * entryBytes;
  if (indexBytes > fileBytes - footerBytes) return undefined;
  const entries = await readPart(handle, fileBytes - footerBytes - indexBytes, indexBytes);
  return footer.equals(makeFooter(entries)) ? entries : undefined;
}

async function scanFrames(handle: FileHandle, fileBytes: number): Promise<Buffer> {
  const entries: Buffer[] = [];
  for (let at = 0; at + frameHeaderBytes <= fileBytes;) {
    const header = await readPart(handle, at, frameHeaderBytes);
    const size = Number(header.readBigUInt64BE(32));
    const start = at + frameHeaderBytes;
    if (start + size > fileBytes) break;
    const hash = header.toString("hex", 0, 32);
    // Where the frames end the damaged index begins, and that does not hash to what it claims.
    if (digest("sha256", await readPart(handle, start, size)) === hash)
      entries.push(makeEntry(hash, start, size));
    at = start + size;
  }
  return Buffer.concat(entries);
}

export function makeEntry(hash: string, offset: number, sizeBytes: number): Buffer {
  const entry = Buffer.allocUnsafe(entryBytes);
  entry.write(hash, 0, "hex");
  entry.writeBigUInt64BE(BigInt(offset), 32);
  entry.writeBigUInt64BE(BigInt(sizeBytes), 40);
  return entry;
}

export function makeFooter(index: Buffer): Buffer {
  const footer = Buffer.allocUnsafe(footerBytes);
  footer.writeBigUInt64BE(BigInt(index.length / entryBytes), 0);
  footer.write(digest("sha256", index), 8, "hex");
  magic.copy(footer, 40);
  return footer;
}

export interface PackEntry {
  hash: string;
  offset: number;
  sizeBytes: number;
}

export function readEntry(entries: Buffer, number: number): PackEntry {
  const at = number * entryBytes;
  return {
    hash: entries.toString("hex", at, at + 32),
    offset: Number(entries.readBigUInt64BE(at + 32)),
    sizeBytes: Number(entries.readBigUInt64BE(at + 40)),
  };
}
