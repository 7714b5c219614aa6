// Blobs in a folder of the local file system. One process at a time may have it open.
import { mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Refused } from "../../core/refused.ts";
import { isHash } from "../../core/snapshot.ts";
import { BlobDamaged, type Blobs, type ByteRange, type DamagedBlob, type StoredBlob } from "../blobs.ts";
import { syncFolder } from "./durable.ts";
import { createFileThreads } from "./file-threads.ts";
import { isMissingFile, openLooseFiles, type LooseFiles } from "./loose-files.ts";
import { openPacks, type Packs } from "./packs.ts";
import { nothingSwept } from "./use.ts";
import { writeFiles } from "./write-files.ts";
import { checkName, writeMany } from "./write-many.ts";

export async function openFolderBlobs(folder: string): Promise<Blobs> {
  const tempFolder = join(folder, "temp");
  // What a killed process left behind was never acknowledged.
  await rm(tempFolder, { recursive: true, force: true });
  await mkdir(tempFolder, { recursive: true, mode: 0o700 });
  const loose = await openLooseFiles(join(folder, "loose"), tempFolder);
  const packs = await openPacks(join(folder, "packs"), tempFolder);
  await syncFolder(folder);
  await syncFolder(dirname(folder));
  const threads = createFileThreads(tempFolder);

  return {
    async missing(hashes) {
      hashes.forEach(checkHash);
      const table = await packs.table();
      return [...new Set(hashes)].filter((hash) => !table.has(hash) && !loose.has(hash));
    },
    write: (source, expectedHash) => writeOne(source, expectedHash, loose, packs),
    writeMany: (frames) => writeMany(frames, { loose, packs, tempFolder }),
    writeFiles: (files) => writeFiles(files, { loose, packs, threads }),
    read: (hash, range) => readOne(hash, range, loose, packs),
    size: (hash) => sizeOf(hash, loose, packs),
    async remove(hash) {
      checkHash(hash);
      const wasPacked = await packs.remove(hash);
      return (await loose.remove(hash)) || wasPacked;
    },
    async sweep(options) {
      const swept = nothingSwept();
      await packs.sweep(options, swept);
      await loose.sweep(options, swept);
      return swept;
    },
    verify: (signal) => verify(loose, packs, signal),
  };
}

async function writeOne(
  source: AsyncIterable<Uint8Array>,
  expectedHash: string | undefined,
  loose: LooseFiles,
  packs: Packs,
): Promise<StoredBlob> {
  if (expectedHash !== undefined) {
    const sizeBytes = await sizeOf(expectedHash, loose, packs);
    if (sizeBytes !== undefined) return { hash: expectedHash, sizeBytes };
  }
  const temp = await loose.writeTemp(source);
  const { hash, sizeBytes } = temp;
  try {
    if (expectedHash !== undefined) checkName(expectedHash, hash, sizeBytes);
    if (!loose.has(hash) && !(await packs.table()).has(hash)) await loose.publish([temp]);
    return { hash, sizeBytes };
  } finally {
    await rm(temp.path, { force: true });
  }
}

async function sizeOf(hash: string, loose: LooseFiles, packs: Packs): Promise<number | undefined> {
  checkHash(hash);
  return (await packs.table()).find(hash)?.sizeBytes ?? loose.size(hash);
}

async function* readOne(
  hash: string,
  range: ByteRange | undefined,
  loose: LooseFiles,
  packs: Packs,
): AsyncGenerator<Uint8Array> {
  checkHash(hash);
  // The second look: the pack may have been rewritten between finding the blob and opening the file.
  for (let look = 1; look <= 2; look++) {
    const blob = (await packs.table()).find(hash);
    if (!blob) break;
    try {
      const bytes = await packs.read(blob, range);
      if (bytes.length > 0) yield bytes;
      return;
    } catch (error) {
      if (!isMissingFile(error)) throw error;
    }
  }
  try {
    yield* loose.read(hash, range);
  } catch (error) {
    if (!isMissingFile(error)) throw error;
    throw new Refused("not-found", `There is no blob ${hash}.`, "Send it first, or check the hash.");
  }
}

async function* verify(
  loose: LooseFiles,
  packs: Packs,
  signal: AbortSignal | undefined,
): AsyncGenerator<DamagedBlob> {
  yield* packs.verify(signal);
  for await (const hash of loose.all()) {
    signal?.throwIfAborted();
    try {
      for await (const _ of loose.read(hash)) signal?.throwIfAborted();
    } catch (error) {
      if (isMissingFile(error)) continue;
      if (!(error instanceof BlobDamaged)) throw error;
      yield { hash, where: loose.pathOf(hash), problem: "its bytes have another hash" };
    }
  }
}

function checkHash(hash: string): void {
  if (isHash(hash)) return;
  throw new Refused(
    "invalid",
    `${JSON.stringify(hash.slice(0, 80))} does not name a blob.`,
    "A blob is named by the SHA-256 of its bytes: 64 lower-case hexadecimal digits.",
  );
}
