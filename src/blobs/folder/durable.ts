// What it takes that bytes survive a power cut: all of them written, the file synced, its name synced.
import { writeSync } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";

/** What to write at once. For more Linux caches the file in larger pages, and those took it three times as long. */
export const writeBytes = 64 << 10;

/** Appends all of it before it returns: for a thread that has nothing else to do. */
export function appendSync(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) {
    at += writeSync(descriptor, bytes, at, Math.min(writeBytes, bytes.length - at));
  }
}

/** Appends every buffer, however many calls that takes. */
export async function appendAll(handle: FileHandle, buffers: readonly Uint8Array[]): Promise<void> {
  // The system takes at most 1,024 buffers a call and may stop half-way (a full disk, a signal).
  for (let first = 0; first < buffers.length; first += 1024) {
    let rest = buffers.slice(first, first + 1024);
    while (rest.length > 0) {
      const { bytesWritten } = await handle.writev(rest);
      rest = withoutFirst(rest, bytesWritten);
    }
  }
}

function withoutFirst(buffers: Uint8Array[], count: number): Uint8Array[] {
  let left = count;
  let at = 0;
  while (at < buffers.length && buffers[at]!.length <= left) left -= buffers[at++]!.length;
  const rest = buffers.slice(at);
  if (left > 0) rest[0] = rest[0]!.subarray(left);
  return rest;
}

/** Makes the names in a folder durable: new files, renamed files, removed files. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Reads exactly this part of a file; fewer bytes only when the file ends before. */
export async function readPart(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}
