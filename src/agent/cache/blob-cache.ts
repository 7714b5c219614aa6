// The bytes that this node has already got, by their SHA-256. Sealed ones are shared with read-only trees by links.
import { createHash, hash as digest } from "node:crypto";
import type { Hash } from "node:crypto";
import {
  chmodSync,
  closeSync,
  futimesSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from "node:fs";
import type { Stats } from "node:fs";
import { copyFile, link, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { newUuid } from "../../lib/ids.ts";

export interface CachedBlob {
  hash: string;
  sizeBytes: number;
}

/** Read after the source has ended, so a source may fill it in. */
export interface ExpectedBytes {
  hash?: string;
  md5?: string | undefined;
  sizeBytes?: number;
}

export interface BlobCache {
  folder: string;
  pathOf(hash: string): string;
  /** Whether it is there, whole and unharmed. Counts as a use of it. */
  has(blob: CachedBlob): Promise<boolean>;
  /** Keeps a stream: all of it and as expected, or nothing. */
  add(source: AsyncIterable<Uint8Array>, expected?: ExpectedBytes): Promise<CachedBlob>;
  /** The same of a few bytes. */
  addSmall(hash: string, bytes: Uint8Array): void;
  /** Puts it at a path as a read-only file that shares the cache's bytes; `has` must have said yes. */
  link(hash: string, path: string, executable: boolean): Promise<void>;
  drop(hash: string): void;
  /** How many bytes were added since this was last asked. */
  takeAdded(): number;
}

/**
 * Sealed files have this time and may not be written to. One that has been written to all the same (root may) has
 * another, so a look at the file tells whether it is still what it was.
 */
const sealedAtSeconds = 1_000_000_000;

export const isSealed = (facts: Stats, sizeBytes: number): boolean =>
  facts.isFile() &&
  facts.size === sizeBytes &&
  facts.mtimeMs === sealedAtSeconds * 1000 &&
  (facts.mode & 0o222) === 0;

export function createBlobCache(folder: string, now: () => number): BlobCache {
  const pathOf = (hash: string) => join(folder, hash.slice(0, 2), hash.slice(2));
  const temporaryPath = () => join(folder, `${newUuid()}.temp`);
  const seal = (path: string, mode: number) => {
    chmodSync(path, mode);
    utimesSync(path, now() / 1000, sealedAtSeconds);
  };
  let added = 0;

  return {
    folder,
    pathOf,

    async has({ hash, sizeBytes }) {
      const path = pathOf(hash);
      const facts = statSync(path, { throwIfNoEntry: false });
      if (!facts) return false;
      if (!isSealed(facts, sizeBytes)) {
        if (facts.size !== sizeBytes || (await hashOf(path)) !== hash) {
          rmSync(path, { force: true });
          return false;
        }
        chmodSync(path, facts.mode & 0o444);
      }
      utimesSync(path, now() / 1000, sealedAtSeconds);
      return true;
    },

    async add(source, expected = {}) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const temporary = temporaryPath();
      try {
        const found = await writeHashed(source, temporary, expected);
        refuseOther(found, expected);
        seal(temporary, 0o444);
        const path = pathOf(found.hash);
        await mkdir(dirname(path), { recursive: true });
        await rename(temporary, path);
        added += found.sizeBytes;
        return { hash: found.hash, sizeBytes: found.sizeBytes };
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
    },

    addSmall(hash, bytes) {
      refuseOther({ hash: digest("sha256", bytes), md5: undefined, sizeBytes: bytes.length }, { hash });
      const path = pathOf(hash);
      const temporary = temporaryPath();
      try {
        mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
        writeSealed(temporary, bytes, now() / 1000);
        renameSync(temporary, path);
        added += bytes.length;
      } catch (error) {
        rmSync(temporary, { force: true });
        throw error;
      }
    },

    async link(hash, path, executable) {
      // Whether a file may be run belongs to the inode, so what runs cannot share one with what does not.
      if (!executable && (await linkTo(pathOf(hash), path))) return;
      await copyFile(pathOf(hash), path);
      seal(path, executable ? 0o555 : 0o444);
    },

    drop: (hash) => rmSync(pathOf(hash), { force: true }),

    takeAdded() {
      const taken = added;
      added = 0;
      return taken;
    },
  };
}

/** As few calls as can be: there may be thousands of such files. */
function writeSealed(path: string, bytes: Uint8Array, usedAtSeconds: number): void {
  const file = openSync(path, "wx", 0o444);
  try {
    for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
    futimesSync(file, usedAtSeconds, sealedAtSeconds);
  } finally {
    closeSync(file);
  }
}

/** False when the file has all the links that a file may have. */
async function linkTo(source: string, path: string): Promise<boolean> {
  try {
    await link(source, path);
    return true;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EMLINK" || code === "EPERM" || code === "ENOTSUP") return false;
    throw error;
  }
}

interface FoundBytes {
  hash: string;
  md5: string | undefined;
  sizeBytes: number;
}

async function writeHashed(
  source: AsyncIterable<Uint8Array>,
  path: string,
  expected: ExpectedBytes,
): Promise<FoundBytes> {
  await using handle = await open(path, "wx");
  const hash = createHash("sha256");
  let md5: Hash | undefined;
  let sizeBytes = 0;
  for await (const chunk of source) {
    // A source may learn what to expect only when it has been opened.
    if (sizeBytes === 0 && expected.md5 !== undefined) md5 = createHash("md5");
    hash.update(chunk);
    md5?.update(chunk);
    sizeBytes += chunk.length;
    await handle.writeFile(chunk);
  }
  return { hash: hash.digest("hex"), md5: md5?.digest("hex"), sizeBytes };
}

function refuseOther(found: FoundBytes, expected: ExpectedBytes): void {
  if (expected.sizeBytes !== undefined && expected.sizeBytes !== found.sizeBytes) {
    throw new WrongBytes(`${found.sizeBytes} bytes came, and ${expected.sizeBytes} were announced`);
  }
  for (const [kind, wanted, got] of [
    ["SHA-256", expected.hash, found.hash],
    ["MD5", expected.md5, found.md5],
  ] as const) {
    if (wanted !== undefined && got !== undefined && wanted !== got) {
      throw new WrongBytes(`bytes with the ${kind} ${got} came, and ${wanted} was announced`);
    }
  }
}

/** What arrived is not what was announced; nothing of it was kept. */
export class WrongBytes extends Error {
  constructor(message: string) {
    super(message);
    this.name = "WrongBytes";
  }
}

async function hashOf(path: string): Promise<string> {
  await using handle = await open(path, "r");
  const hash = createHash("sha256");
  const pieces = handle.createReadStream({ autoClose: false, highWaterMark: 1 << 20 });
  for await (const piece of pieces) hash.update(piece as Buffer);
  return hash.digest("hex");
}
