// The packs of a store: loaded when first needed, read from, and rewritten once half of one is removed.
import { createHash } from "node:crypto";
import { appendFile, mkdir, open, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import {
  BlobDamaged,
  type ByteRange,
  type DamagedBlob,
  type SweepOptions,
  type SweptBlobs,
} from "../blobs.ts";
import { readPart, syncFolder } from "./durable.ts";
import { isMissingFile } from "./loose-files.ts";
import {
  createPack,
  entryBytes,
  loadPackIndex,
  readEntry,
  type PackIndex,
  type PackWriter,
} from "./pack-file.ts";
import { createPackTable, type Pack, type PackedBlob, type PackTable } from "./pack-table.ts";
import { countSwept } from "./use.ts";

export interface Packs {
  /** Loads the indexes if that was not done yet. */
  table(): Promise<PackTable>;
  /** Publishes what a writer collected; its blobs can be found from then on. */
  publish(writer: Pick<PackWriter, "publish">): Promise<void>;
  /** The bytes of a blob that the table found, checked when it is the whole. */
  read(blob: PackedBlob, range?: ByteRange): Promise<Buffer>;
  remove(hash: string): Promise<boolean>;
  sweep(options: SweepOptions, swept: SweptBlobs): Promise<void>;
  verify(signal?: AbortSignal): AsyncGenerator<DamagedBlob>;
}

export async function openPacks(folder: string, tempFolder: string): Promise<Packs> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // A pack that a killed process renamed may not have a durable name yet.
  await syncFolder(folder);
  let loading: Promise<PackTable> | undefined;
  let removing: Promise<unknown> = Promise.resolve();

  const table = () => (loading ??= loadTable(folder));

  async function publish(writer: Pick<PackWriter, "publish">): Promise<void> {
    const known = await table();
    known.add(withoutRemovals(await writer.publish(folder)));
  }

  async function remove(hash: string): Promise<boolean> {
    const known = await table();
    let wasThere = false;
    // Two batches sent at once may both have brought it.
    for (let blob = known.find(hash); blob; blob = known.find(hash)) {
      wasThere = true;
      blob.pack.removed[blob.number] = 1;
      await appendFile(removalsOf(blob.pack.path), Buffer.from(hash, "hex"), { mode: 0o600 });
      if (isWorthRewriting(blob.pack, 1 / 2)) await rewrite(known, blob.pack);
    }
    return wasThere;
  }

  async function sweep(options: SweepOptions, swept: SweptBlobs): Promise<void> {
    const known = await table();
    for (const pack of known.packs().slice()) {
      await setImmediate();
      options.signal?.throwIfAborted();
      const gone = judge(pack, options, swept);
      if (options.dryRun) continue;
      if (gone.length > 0) await appendFile(removalsOf(pack.path), Buffer.concat(gone), { mode: 0o600 });
      // Also one that an earlier sweep was killed over.
      if (isWorthRewriting(pack, 4 / 5)) await rewrite(known, pack);
    }
  }

  async function rewrite(known: PackTable, pack: Pack): Promise<void> {
    if (pack.removed.includes(0)) {
      const writer = await createPack(tempFolder);
      try {
        for (const { hash, offset, sizeBytes } of livingEntries(pack)) {
          await writer.add({ hash, sizeBytes, pieces: [await readBytes(pack.path, offset, sizeBytes)] });
        }
        await publish(writer);
      } catch (error) {
        await writer.abandon();
        throw error;
      }
    }
    pack.removed.fill(1);
    known.drop(pack);
    await rm(pack.path, { force: true });
    await rm(removalsOf(pack.path), { force: true });
  }

  return {
    table,
    publish,
    read: readBlob,
    // One at a time, so that a blob is not removed from a pack while that pack is being rewritten.
    remove(hash) {
      const removed = removing.then(() => remove(hash));
      removing = removed.catch(() => {});
      return removed;
    },
    sweep(options, swept) {
      const done = removing.then(() => sweep(options, swept));
      removing = done.catch(() => {});
      return done;
    },
    async *verify(signal) {
      for (const pack of (await table()).packs()) yield* verifyPack(pack, signal);
    },
  };
}

async function loadTable(folder: string): Promise<PackTable> {
  const table = createPackTable();
  const names = await readdir(folder);
  for (const name of names.filter((name) => name.endsWith(".pack"))) {
    const pack = withoutRemovals(await loadPackIndex(join(folder, name)));
    if (names.includes(`${name}.removed`)) markRemoved(pack, await readFile(removalsOf(pack.path)));
    table.add(pack);
  }
  const orphans = names.filter((name) => name.endsWith(".removed") && !names.includes(name.slice(0, -8)));
  await Promise.all(orphans.map((name) => rm(join(folder, name), { force: true })));
  return table;
}

const removalsOf = (packPath: string) => `${packPath}.removed`;

const withoutRemovals = (index: PackIndex): Pack => ({
  ...index,
  removed: new Uint8Array(index.entries.length / entryBytes),
});

function markRemoved(pack: Pack, removals: Buffer): void {
  const gone = new Set<string>();
  for (let at = 0; at + 32 <= removals.length; at += 32) gone.add(removals.toString("hex", at, at + 32));
  for (let number = 0; number < pack.removed.length; number++) {
    if (gone.has(readEntry(pack.entries, number).hash)) pack.removed[number] = 1;
  }
}

/** At once, so that nobody is told meanwhile that a blob is there. Returns the hashes of those that are gone now. */
function judge(pack: Pack, options: SweepOptions, swept: SweptBlobs): Buffer[] {
  const gone: Buffer[] = [];
  for (let number = 0; number < pack.removed.length; number++) {
    if (pack.removed[number] === 1) continue;
    const { hash, sizeBytes } = readEntry(pack.entries, number);
    const fate = options.isNamed(hash) ? "kept" : pack.usedAt >= options.unusedSince ? "waiting" : "removed";
    countSwept(swept, fate, sizeBytes);
    if (fate !== "removed" || options.dryRun) continue;
    pack.removed[number] = 1;
    gone.push(Buffer.from(hash, "hex"));
  }
  return gone;
}

/** When no more than this share of its bytes is alive. */
function isWorthRewriting(pack: Pack, share: number): boolean {
  let living = 0;
  let all = 0;
  for (let number = 0; number < pack.removed.length; number++) {
    const { sizeBytes } = readEntry(pack.entries, number);
    all += sizeBytes;
    if (pack.removed[number] === 0) living += sizeBytes;
  }
  return living <= all * share;
}

function* livingEntries(pack: Pack) {
  for (let number = 0; number < pack.removed.length; number++) {
    if (pack.removed[number] === 0) yield readEntry(pack.entries, number);
  }
}

async function readBlob(blob: PackedBlob, range?: ByteRange): Promise<Buffer> {
  const start = Math.min(range?.start ?? 0, blob.sizeBytes);
  const end = Math.min(range?.end ?? blob.sizeBytes, blob.sizeBytes);
  const bytes = await readBytes(blob.pack.path, blob.offset + start, Math.max(0, end - start));
  if (!range) checkBytes(blob.hash, bytes, blob.pack.path);
  return bytes;
}

async function readBytes(path: string, offset: number, length: number): Promise<Buffer> {
  const handle = await open(path, "r");
  try {
    return await readPart(handle, offset, length);
  } finally {
    await handle.close();
  }
}

function checkBytes(hash: string, bytes: Uint8Array, path: string): void {
  if (createHash("sha256").update(bytes).digest("hex") !== hash) {
    throw new BlobDamaged(hash, path, "its bytes have another hash");
  }
}

async function* verifyPack(pack: Pack, signal: AbortSignal | undefined): AsyncGenerator<DamagedBlob> {
  if (pack.rebuilt) {
    const problem = "the index was unreadable; the blobs whose frames are whole were found again";
    yield { hash: undefined, where: pack.path, problem };
  }
  for (const { hash, offset, sizeBytes } of livingEntries(pack)) {
    signal?.throwIfAborted();
    try {
      checkBytes(hash, await readBytes(pack.path, offset, sizeBytes), pack.path);
    } catch (error) {
      if (isMissingFile(error)) return;
      if (!(error instanceof BlobDamaged)) throw error;
      yield { hash, where: pack.path, problem: "its bytes have another hash" };
    }
  }
}
