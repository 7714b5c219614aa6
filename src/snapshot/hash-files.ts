// Hashes files so that each is taken whole: as it was before a change or after it, never half of each.
import { createHash, hash as digest } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync, type Stats } from "node:fs";
import { open } from "node:fs/promises";
import { setImmediate } from "node:timers/promises";
import { Refused } from "../core/refused.ts";
import type { Clock } from "../lib/clock.ts";
import { isExecutable, stampOf, type FileStamp, type WalkedFile } from "./walk-tree.ts";

export interface HashedFile {
  hash: string;
  stamp: FileStamp;
  executable: boolean;
}

export interface HashOptions {
  clock: Clock;
  signal?: AbortSignal | undefined;
  /** Called for each file that is done; undefined when it was deleted meanwhile. Called again for the same file when it had to be read again. */
  onFile: (file: WalkedFile, hashed: HashedFile | undefined) => void;
  sink?: BlobSink | undefined;
  taker?: FileTaker | undefined;
}

/** Has files read and kept by somebody else, so that their bytes do not pass through this process. */
export interface FileTaker {
  /** Those that were just as `stat` said, in any order. The others are read here. */
  take(files: readonly WalkedFile[], onTaken: (file: WalkedFile, hash: string) => void): Promise<void>;
}

/** Takes the bytes of small files on as they are read, so that nobody has to read them again. */
export interface BlobSink {
  /** The bytes may be used during the call only. */
  take(hash: string, bytes: Uint8Array): void;
  /** Resolves when there is room for more; when it throws the reading ends. */
  room(): Promise<void>;
}

/** Up to this size a file is read at once, without a promise: for thousands of files that is what is fast. */
const smallBytes = 4 << 20;
const chunkBytes = 1 << 20;
const bytesPerTurn = 8 << 20;
const bigAtOnce = 4;
/** A file changed so recently may be in the middle of being written, in the same tick of the file system's clock. */
const quietMs = 50;
const quietRounds = 3;
const mostRounds = 20;

export async function hashFiles(files: readonly WalkedFile[], options: HashOptions): Promise<void> {
  const { clock, signal } = options;
  let todo = files;
  for (let round = 0; todo.length > 0; round++) {
    if (round > 0) await clock.sleep(quietMs, signal);
    signal?.throwIfAborted();
    const again: WalkedFile[] = [];
    const onReading = (file: WalkedFile, reading: Reading) => {
      if (reading === "changed") {
        again.push(file);
        return;
      }
      options.onFile(file, reading);
      const isRecent = reading && clock.now() - reading.stamp.changedMs < quietMs;
      // A file that was read in one piece is good enough in the end, or a busy log would never be done.
      if (isRecent && round < quietRounds) again.push(file);
    };
    const left = options.taker && round === 0 ? await haveTaken(todo, options.taker, onReading) : todo;
    await readAll(left, options, onReading);
    if (again.length > 0 && round === mostRounds) throw refuseRestless(again);
    todo = again;
  }
}

type Reading = HashedFile | "changed" | undefined;
type OnReading = (file: WalkedFile, reading: Reading) => void;

/** What was not taken. */
async function haveTaken(
  files: readonly WalkedFile[],
  taker: FileTaker,
  onReading: OnReading,
): Promise<readonly WalkedFile[]> {
  const left = new Set(files);
  await taker.take(files, (file, hash) => {
    left.delete(file);
    onReading(file, { hash, stamp: file.stamp, executable: file.executable });
  });
  return [...left];
}

async function readAll(files: readonly WalkedFile[], options: HashOptions, onReading: OnReading) {
  const big = files.filter((file) => file.sizeBytes > smallBytes);
  const readBig = async () => {
    for (let file = big.pop(); file; file = big.pop()) onReading(file, await hashBig(file, options.signal));
  };
  await Promise.all([readSmall(files, options, onReading), ...Array.from({ length: bigAtOnce }, readBig)]);
}

async function readSmall(files: readonly WalkedFile[], { signal, sink }: HashOptions, onReading: OnReading) {
  // One byte more than may be needed shows that a file has grown.
  const buffer = Buffer.allocUnsafe(smallBytes + 1);
  let bytesThisTurn = 0;
  for (const file of files) {
    if (file.sizeBytes > smallBytes) continue;
    const reading = hashSmall(file, buffer);
    if (reading && reading !== "changed")
      sink?.take(reading.hash, buffer.subarray(0, reading.stamp.sizeBytes));
    onReading(file, reading);
    // What opening costs counts too, or a turn of many tiny files would be long.
    bytesThisTurn += file.sizeBytes + 16_384;
    if (bytesThisTurn < bytesPerTurn) continue;
    bytesThisTurn = 0;
    await setImmediate();
    await sink?.room();
    signal?.throwIfAborted();
  }
}

function hashSmall(file: WalkedFile, buffer: Buffer): Reading {
  let descriptor: number;
  try {
    descriptor = openSync(file.absolutePath, "r");
  } catch (error) {
    return explainReadError(file, error);
  }
  try {
    const before = fstatSync(descriptor);
    const length = readSync(descriptor, buffer, 0, buffer.length, 0);
    const after = fstatSync(descriptor);
    if (length !== before.size || !isSame(before, after)) return "changed";
    return toHashed(digest("sha256", buffer.subarray(0, length)), after);
  } catch (error) {
    return explainReadError(file, error);
  } finally {
    closeSync(descriptor);
  }
}

async function hashBig(file: WalkedFile, signal: AbortSignal | undefined): Promise<Reading> {
  try {
    await using handle = await open(file.absolutePath, "r");
    const before = await handle.stat();
    const hash = createHash("sha256");
    const buffer = Buffer.allocUnsafe(chunkBytes);
    let length = 0;
    for (;;) {
      signal?.throwIfAborted();
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
      if (length > before.size) return "changed";
      hash.update(buffer.subarray(0, bytesRead));
    }
    const after = await handle.stat();
    if (length !== before.size || !isSame(before, after)) return "changed";
    return toHashed(hash.digest("hex"), after);
  } catch (error) {
    signal?.throwIfAborted();
    return explainReadError(file, error);
  }
}

const isSame = (a: Stats, b: Stats): boolean =>
  a.size === b.size && a.mtimeMs === b.mtimeMs && a.ctimeMs === b.ctimeMs;

const toHashed = (hash: string, stats: Stats): HashedFile => ({
  hash,
  stamp: stampOf(stats),
  executable: isExecutable(stats),
});

function explainReadError(file: WalkedFile, error: unknown): undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  // Deleted, or replaced by a folder: as a file it is gone.
  if (code === "ENOENT" || code === "ENOTDIR" || code === "EISDIR") return undefined;
  throw new Refused(
    "invalid",
    `${file.absolutePath} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    "Make it readable, or leave it out by a line in .amlignore (the syntax of .gitignore).",
  );
}

function refuseRestless(files: readonly WalkedFile[]): Refused {
  const names = files.slice(0, 5).map((file) => file.path);
  return new Refused(
    "conflict",
    `${names.join(", ")}${files.length > 5 ? ` and ${files.length - 5} more files` : ""} kept changing while being read.`,
    "Wait until they are written, or leave them out by a line in .amlignore (the syntax of .gitignore).",
  );
}
