// Files that grow while they are read: the bytes of logs until their run has ended. Named by opaque ids.
import { constants } from "node:fs";
import { open, mkdir, readdir, rename, rm, stat, truncate, writeFile } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Refused } from "../core/refused.ts";

interface OpenFile {
  handle: FileHandle;
  sizeBytes: number;
  durableBytes: number;
  /** The appends to one file happen one after another. */
  last: Promise<unknown>;
}

/** Where a file that came whole lies until something is appended to it; undefined when there is none of that id. */
export type FindWhole = (id: string) => Promise<Uint8Array | undefined>;

/** Bytes gathered before one write, so that a fast log costs few calls. */
const writeAtOnceBytes = 1 << 20;
const readAtOnceBytes = 1 << 20;
const appending = constants.O_RDWR | constants.O_APPEND;

export class GrowingFiles {
  readonly #folder: string;
  /** Those that are there. */
  readonly #folders = new Set<string>();
  readonly #open = new Map<string, Promise<OpenFile>>();
  readonly #findWhole: FindWhole;

  constructor(folder: string, findWhole: FindWhole = async () => undefined) {
    this.#folder = folder;
    this.#findWhole = findWhole;
  }

  /**
   * Writes the bytes that the file has not got yet. `offset` is where the source begins: bytes below the file's
   * size are dropped, a gap is refused ("conflict", with details.expected). Returns the new size.
   */
  async append(id: string, offset: number, source: AsyncIterable<Uint8Array>): Promise<number> {
    const file = await this.#file(id);
    const result = file.last.then(() => appendTo(file, offset, source));
    file.last = result.catch(() => {});
    return result;
  }

  /** Makes everything written so far durable and returns how much that is. */
  async sync(id: string): Promise<number> {
    const file = await this.#file(id);
    const size = file.sizeBytes;
    if (file.durableBytes < size) {
      await file.handle.datasync();
      file.durableBytes = Math.max(file.durableBytes, size);
    }
    return size;
  }

  async size(id: string): Promise<{ sizeBytes: number; durableBytes: number }> {
    const file = await this.#open.get(id);
    if (file) return { sizeBytes: file.sizeBytes, durableBytes: file.durableBytes };
    const found = await stat(await this.#pathOf(id)).catch(noneWhenMissing);
    if (found) return { sizeBytes: found.size, durableBytes: 0 };
    const sizeBytes = (await this.#findWhole(id))?.byteLength ?? 0;
    return { sizeBytes, durableBytes: sizeBytes };
  }

  /** Files that hold bytes which a power cut would take. */
  async unsynced(): Promise<string[]> {
    const found: string[] = [];
    for (const [id, opening] of this.#open) {
      const file = await opening;
      if (file.durableBytes < file.sizeBytes) found.push(id);
    }
    return found;
  }

  /**
   * The bytes from `start` up to `end` or to what is there now. Through a handle of its own, so that a slow reader
   * is not cut off when the writer closes the file, and a file that only is read is not kept open.
   */
  async *read(id: string, start: number, end: number): AsyncGenerator<Uint8Array> {
    const { sizeBytes } = await this.size(id);
    let position = start;
    const stop = Math.min(end, sizeBytes);
    if (position >= stop) return;
    const opened = await open(await this.#pathOf(id), "r").catch(noneWhenMissing);
    if (!opened) {
      const whole = await this.#findWhole(id);
      if (whole) yield whole.subarray(start, stop);
      return;
    }
    await using handle = opened;
    while (position < stop) {
      const wanted = Math.min(readAtOnceBytes, stop - position);
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(wanted), 0, wanted, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }

  /** Cuts a file back to what is known to be durable: after a crash, the rest may be anything. */
  async cutBack(id: string, sizeBytes: number): Promise<void> {
    await this.close(id);
    const path = await this.#pathOf(id);
    const isThere = await truncate(path, sizeBytes).then(() => true, noneWhenMissing);
    if (isThere || sizeBytes === 0) return;
    const whole = await this.#findWhole(id);
    if (!whole || whole.byteLength < sizeBytes) throw new Error(`the bytes of ${path} are gone`);
  }

  async close(id: string): Promise<void> {
    const opening = this.#open.get(id);
    if (!opening) return;
    this.#open.delete(id);
    const file = await opening;
    await file.last;
    await file.handle.close();
  }

  async closeAll(): Promise<void> {
    for (const id of this.#open.keys()) await this.close(id);
  }

  /** Files that were not written to since this time, with their sizes. */
  async *unusedSince(timeMs: number): AsyncGenerator<{ id: string; sizeBytes: number }> {
    for (const entry of await readdir(this.#folder, { recursive: true, withFileTypes: true }).catch(
      () => [],
    )) {
      if (!entry.isFile() || this.#open.has(entry.name)) continue;
      const facts = await stat(join(entry.parentPath, entry.name)).catch(noneWhenMissing);
      if (facts && facts.mtimeMs < timeMs) yield { id: entry.name, sizeBytes: facts.size };
    }
  }

  async remove(id: string): Promise<void> {
    await this.close(id);
    await rm(await this.#pathOf(id), { force: true });
  }

  #file(id: string): Promise<OpenFile> {
    const known = this.#open.get(id);
    if (known) return known;
    const opening = this.#openFile(id);
    this.#open.set(id, opening);
    opening.catch(() => this.#open.delete(id));
    return opening;
  }

  async #openFile(id: string): Promise<OpenFile> {
    const path = await this.#pathOf(id);
    const handle = (await open(path, appending).catch(noneWhenMissing)) ?? (await this.#beginFile(id, path));
    const { size } = await handle.stat();
    return { handle, sizeBytes: size, durableBytes: 0, last: Promise.resolve() };
  }

  /** With what came whole before, all of it or nothing. */
  async #beginFile(id: string, path: string): Promise<FileHandle> {
    const whole = await this.#findWhole(id);
    if (whole) {
      // Found by its end like any other, should nobody live to rename it.
      const temporary = join(dirname(path), `new-${id}`);
      await writeFile(temporary, whole, { mode: 0o600, flush: true });
      await rename(temporary, path);
    }
    return open(path, appending | constants.O_CREAT, 0o600);
  }

  async #pathOf(id: string): Promise<string> {
    const name = id.slice(-2);
    const folder = join(this.#folder, name);
    if (!this.#folders.has(name)) await mkdir(folder, { recursive: true, mode: 0o700 });
    this.#folders.add(name);
    return join(folder, id);
  }
}

function noneWhenMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}

async function appendTo(file: OpenFile, offset: number, source: AsyncIterable<Uint8Array>): Promise<number> {
  if (offset > file.sizeBytes) {
    throw new Refused("conflict", `the file has ${file.sizeBytes} bytes, not ${offset}`, "go on from there", {
      expected: file.sizeBytes,
    });
  }
  let known = file.sizeBytes - offset;
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  const flush = async () => {
    if (pendingBytes === 0) return;
    try {
      const { bytesWritten } = await file.handle.writev(pending);
      // Nearly always a full disk: writing the rest makes the system say so.
      if (bytesWritten < pendingBytes)
        await file.handle.appendFile(Buffer.concat(pending).subarray(bytesWritten));
    } finally {
      file.sizeBytes = (await file.handle.stat()).size;
    }
    pending = [];
    pendingBytes = 0;
  };
  for await (const chunk of source) {
    const fresh = known >= chunk.byteLength ? undefined : chunk.subarray(known);
    known = Math.max(0, known - chunk.byteLength);
    if (!fresh) continue;
    pending.push(fresh);
    pendingBytes += fresh.byteLength;
    if (pendingBytes >= writeAtOnceBytes) await flush();
  }
  await flush();
  return file.sizeBytes;
}
