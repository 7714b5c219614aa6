// Files of this machine → blobs: threads read, hash and write them; here what they wrote gets its names.
import { rm } from "node:fs/promises";
import type { LocalFile, WrittenFiles } from "../blobs.ts";
import type { FileThreads } from "./file-threads.ts";
import type { LooseFiles } from "./loose-files.ts";
import { namePack } from "./pack-file.ts";
import type { Packs } from "./packs.ts";

export interface FilePlaces {
  loose: LooseFiles;
  packs: Packs;
  threads: FileThreads;
}

export async function writeFiles(
  files: readonly LocalFile[],
  { loose, packs, threads }: FilePlaces,
): Promise<WrittenFiles> {
  const table = await packs.table();
  const isWanted = (hash: string) => !table.has(hash) && !loose.has(hash);
  const { hashes, pack, big } = await threads.take(files, isWanted);
  const written: WrittenFiles = { hashes, newBlobs: big.length, newBytes: 0 };
  for (const { sizeBytes } of big) written.newBytes += sizeBytes;
  try {
    if (big.length > 0) await loose.publish(big);
    if (!pack) return written;
    const entries = Buffer.from(pack.entries);
    await packs.publish({ publish: (folder) => namePack(pack.path, entries, folder) });
    written.newBlobs += pack.blobs;
    written.newBytes += pack.sizeBytes;
    return written;
  } catch (error) {
    for (const { path } of [...big, ...(pack ? [pack] : [])]) await rm(path, { force: true });
    throw error;
  }
}
