// A thread that takes files of this machine into the store: each is read, hashed and written in one pass, small ones
// into a pack, each big one into a file of its own. It only makes temporary files; file-threads.ts has the other end.
import { createHash, hash as digest } from "node:crypto";
import { closeSync, constants, fstatSync, fsyncSync, openSync, readSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { encodeFrameHeader, frameHeaderBytes } from "../../core/blob-frames.ts";
import { newUuid } from "../../lib/ids.ts";
import type { LocalFile } from "../blobs.ts";
import { appendSync } from "./durable.ts";
import type { TempBlob } from "./loose-files.ts";
import { makeEntry, makeFooter } from "./pack-file.ts";

export interface FileThreadData {
  tempFolder: string;
  /** A bigger file is not packed. */
  smallBytes: number;
}

export type ToThread =
  | { kind: "take"; files: readonly LocalFile[] }
  /** The answer to `found`. */
  | { kind: "wanted"; wanted: readonly boolean[] };

export type FromThread =
  | { kind: "found"; hashes: readonly string[] }
  | { kind: "taken"; taken: TakenFiles }
  /** On its way between threads an error loses its code. */
  | { kind: "failed"; error: unknown; code: unknown };

export interface TakenFiles {
  hashes: (string | undefined)[];
  /** Complete and synced, but without a name in the store yet. */
  pack: { path: string; entries: Uint8Array; blobs: number; sizeBytes: number } | undefined;
  big: TempBlob[];
}

const slabBytes = 8 << 20;
const chunkBytes = 1 << 20;

const { tempFolder, smallBytes } = workerData as FileThreadData;
const port = parentPort!;
const slab = Buffer.allocUnsafeSlow(slabBytes);
const chunk = Buffer.allocUnsafeSlow(chunkBytes);
let answer: (wanted: readonly boolean[]) => void = () => {};

port.on("message", (message: ToThread) => {
  if (message.kind === "wanted") return answer(message.wanted);
  take(message.files).then(
    (taken) => port.postMessage({ kind: "taken", taken } satisfies FromThread),
    (error: unknown) => {
      const code = error instanceof Error && "code" in error ? error.code : undefined;
      port.postMessage({ kind: "failed", error, code } satisfies FromThread);
    },
  );
});

const areWanted = (hashes: readonly string[]): Promise<readonly boolean[]> =>
  new Promise((resolve) => {
    answer = resolve;
    port.postMessage({ kind: "found", hashes } satisfies FromThread);
  });

async function take(files: readonly LocalFile[]): Promise<TakenFiles> {
  const hashes: (string | undefined)[] = [];
  const big: TempBlob[] = [];
  const pack = createPack();
  const taken = new Set<string>();
  try {
    for (const file of files) {
      if (file.sizeBytes > smallBytes) {
        const temp = await takeBig(file);
        hashes.push(temp?.hash);
        if (temp && "path" in temp) big.push(temp);
      } else {
        const space = await pack.room(frameHeaderBytes + file.sizeBytes + 1);
        const hash = readSmall(file, space.subarray(frameHeaderBytes));
        hashes.push(hash);
        if (hash === undefined || taken.has(hash)) continue;
        taken.add(hash);
        space.set(encodeFrameHeader(hash, file.sizeBytes));
        pack.add(hash, file.sizeBytes);
      }
    }
    return { hashes, pack: await pack.finish(), big };
  } catch (error) {
    pack.abandon();
    for (const { path } of big) rmSync(path, { force: true });
    throw error;
  }
}

/** Frames are collected in the slab; those that the store lacks go to the pack. Without any there is no pack. */
function createPack() {
  const path = join(tempFolder, `${newUuid()}.pack`);
  const entries: Buffer[] = [];
  let descriptor: number | undefined;
  let position = 0;
  let held: { hash: string; start: number; sizeBytes: number }[] = [];
  let filled = 0;

  async function flush(): Promise<void> {
    const wanted = await areWanted(held.map(({ hash }) => hash));
    const kept = held.filter((_, place) => wanted[place]);
    if (kept.length > 0) descriptor ??= openSync(path, "wx", 0o600);
    for (const { hash, start, sizeBytes } of kept) {
      entries.push(makeEntry(hash, position + frameHeaderBytes, sizeBytes));
      appendSync(descriptor!, slab.subarray(start, start + frameHeaderBytes + sizeBytes));
      position += frameHeaderBytes + sizeBytes;
    }
    held = [];
    filled = 0;
  }

  return {
    /** Where the next frame may be put. */
    async room(bytes: number): Promise<Buffer> {
      if (filled + bytes > slabBytes) await flush();
      return slab.subarray(filled, filled + bytes);
    },
    add(hash: string, sizeBytes: number): void {
      held.push({ hash, start: filled, sizeBytes });
      filled += frameHeaderBytes + sizeBytes;
    },
    async finish(): Promise<TakenFiles["pack"]> {
      if (held.length > 0) await flush();
      if (descriptor === undefined) return undefined;
      const index = Buffer.concat(entries);
      appendSync(descriptor, index);
      appendSync(descriptor, makeFooter(index));
      fsyncSync(descriptor);
      closeSync(descriptor);
      descriptor = undefined;
      const blobs = entries.length;
      return { path, entries: index, blobs, sizeBytes: position - blobs * frameHeaderBytes };
    },
    abandon(): void {
      if (descriptor !== undefined) closeSync(descriptor);
      rmSync(path, { force: true });
    },
  };
}

function readSmall(file: LocalFile, space: Buffer): string | undefined {
  const source = openUnchanged(file);
  if (source === undefined) return undefined;
  try {
    // One byte more than may come shows that the file has grown.
    let length = 0;
    for (let count = -1; count !== 0 && length < space.length; length += count) {
      count = readAt(source, space.subarray(length), length);
    }
    if (length !== file.sizeBytes || !isUnchanged(source, file)) return undefined;
    return digest("sha256", space.subarray(0, length));
  } finally {
    closeSync(source);
  }
}

/** Without a path when the store has it already. */
async function takeBig(file: LocalFile): Promise<TempBlob | { hash: string } | undefined> {
  const source = openUnchanged(file);
  if (source === undefined) return undefined;
  const path = join(tempFolder, newUuid());
  const target = openSync(path, "wx", 0o600);
  let isKept = false;
  try {
    const hash = copyAndHash(source, target, file.sizeBytes);
    if (hash === undefined || !isUnchanged(source, file)) return undefined;
    const [isWanted] = await areWanted([hash]);
    if (!isWanted) return { hash };
    fsyncSync(target);
    isKept = true;
    return { hash, path, sizeBytes: file.sizeBytes };
  } finally {
    closeSync(source);
    closeSync(target);
    if (!isKept) rmSync(path, { force: true });
  }
}

function copyAndHash(source: number, target: number, sizeBytes: number): string | undefined {
  const hash = createHash("sha256");
  let length = 0;
  for (;;) {
    const count = readAt(source, chunk, length);
    length += count;
    if (count === 0 || length > sizeBytes) break;
    const bytes = chunk.subarray(0, count);
    hash.update(bytes);
    appendSync(target, bytes);
  }
  return length === sizeBytes ? hash.digest("hex") : undefined;
}

/** Undefined when it cannot be opened, or is another file by now. */
function openUnchanged(file: LocalFile): number | undefined {
  let descriptor: number;
  try {
    // Not to wait: what is a pipe by now would keep this thread for ever.
    descriptor = openSync(file.path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
  if (isUnchanged(descriptor, file)) return descriptor;
  closeSync(descriptor);
  return undefined;
}

function isUnchanged(descriptor: number, file: LocalFile): boolean {
  const stats = fstatSync(descriptor);
  return (
    stats.isFile() &&
    stats.size === file.sizeBytes &&
    stats.mtimeMs === file.modifiedMs &&
    stats.ctimeMs === file.changedMs &&
    stats.ino === file.inode
  );
}

/** What cannot be read (a folder, a broken disk) ends early, and so is not what was wanted. */
function readAt(descriptor: number, target: Uint8Array, position: number): number {
  try {
    return readSync(descriptor, target, 0, target.length, position);
  } catch {
    return 0;
  }
}
