// A batch of framed blobs: few or big ones become files of their own, many small ones become one pack.
import { createHash, hash as digest } from "node:crypto";
import { rm } from "node:fs/promises";
import { createFrameDecoder, type FrameDecoder, type FramePart } from "../../core/blob-frames.ts";
import { Refused } from "../../core/refused.ts";
import type { StoredBlob } from "../blobs.ts";
import type { LooseFiles, TempBlob } from "./loose-files.ts";
import { createPack, type PackWriter, type SmallBlob } from "./pack-file.ts";
import type { Packs } from "./packs.ts";

/** A bigger blob is a file of its own: it is streamed, and one sync is little beside its bytes. */
export const smallBytes = 4 << 20;
/** From here on the blobs of a batch share a pack: fewer cost less as files, which need no index. */
const packFromBlobs = 64;
/** Nor are more bytes than this kept in memory while it is not known yet how many blobs will come. */
const packFromBytes = 8 << 20;

export interface Places {
  loose: LooseFiles;
  packs: Packs;
  tempFolder: string;
}

export async function writeMany(
  frames: AsyncIterable<Uint8Array>,
  { loose, packs, tempFolder }: Places,
): Promise<StoredBlob[]> {
  const table = await packs.table();
  const stored: StoredBlob[] = [];
  const taken = new Set<string>();
  let held: SmallBlob[] = [];
  let heldBytes = 0;
  let pack: PackWriter | undefined;
  const temps: TempBlob[] = [];
  const broken: BrokenOff = { error: undefined };
  const parts = partsOf(frames, broken);

  async function keepSmall(blob: SmallBlob): Promise<void> {
    if (pack) return pack.add(blob);
    held.push(blob);
    heldBytes += blob.sizeBytes;
    if (held.length < packFromBlobs && heldBytes < packFromBytes) return;
    pack = await createPack(tempFolder);
    for (const blob of held) await pack.add(blob);
    held = [];
  }

  try {
    for (;;) {
      const next = await parts.next();
      if (next.done) break;
      if (next.value.kind !== "start") continue;
      const { hash, sizeBytes } = next.value;
      const isNew = !taken.has(hash) && !table.has(hash) && !loose.has(hash);
      if (sizeBytes <= smallBytes) {
        const blob = await readSmall(parts, sizeBytes);
        checkName(hash, blob.hash, sizeBytes);
        if (isNew) await keepSmall(blob);
      } else {
        const temp = await loose.writeTemp(bytesUntilEnd(parts));
        temps.push(temp);
        checkName(hash, temp.hash, sizeBytes);
      }
      taken.add(hash);
      stored.push({ hash, sizeBytes });
    }
    temps.push(...(await Promise.all(held.map(({ pieces }) => loose.writeTemp(allOf(pieces))))));
    if (temps.length > 0) await loose.publish(temps);
    if (pack) await packs.publish(pack);
    return stored;
  } catch (error) {
    // What came whole before the sender went is what it need not send again; nobody was told of it yet.
    if (pack && error === broken.error) await packs.publish(pack);
    else await pack?.abandon();
    await Promise.all(temps.map((temp) => rm(temp.path, { force: true })));
    throw error;
  } finally {
    await parts.return(undefined);
  }
}

interface BrokenOff {
  /** What ended the stream too early, if anything did. */
  error: unknown;
}

async function* partsOf(
  frames: AsyncIterable<Uint8Array>,
  broken: BrokenOff,
): AsyncGenerator<FramePart, void, undefined> {
  const decoder = createFrameDecoder();
  const source = frames[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await source.next().catch((error: unknown) => {
        broken.error = error;
        throw error;
      });
      if (next.done) return endOf(decoder, broken);
      yield* decoder.push(next.value);
    }
  } finally {
    await source.return?.();
  }
}

function endOf(decoder: FrameDecoder, broken: BrokenOff): void {
  try {
    decoder.finish();
  } catch (error) {
    broken.error = error;
    throw error;
  }
}

/** Hashed and written as it came: copying the pieces together first would cost as much as hashing them. */
async function readSmall(parts: AsyncGenerator<FramePart>, sizeBytes: number): Promise<SmallBlob> {
  const pieces: Uint8Array[] = [];
  for await (const bytes of bytesUntilEnd(parts)) pieces.push(bytes);
  return { hash: hashOf(pieces), pieces, sizeBytes };
}

function hashOf(pieces: readonly Uint8Array[]): string {
  if (pieces.length === 1) return digest("sha256", pieces[0]!);
  const hash = createHash("sha256");
  for (const piece of pieces) hash.update(piece);
  return hash.digest("hex");
}

async function* bytesUntilEnd(parts: AsyncGenerator<FramePart>): AsyncGenerator<Uint8Array> {
  for (;;) {
    const next = await parts.next();
    if (next.done || next.value.kind === "end") return;
    if (next.value.kind === "bytes") yield next.value.bytes;
  }
}

async function* allOf(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

/** Refuses bytes that do not hash to their name. */
export function checkName(name: string, found: string, sizeBytes: number): void {
  if (found === name) return;
  throw new Refused(
    "invalid",
    `The ${sizeBytes} bytes sent as blob ${name} have the SHA-256 ${found}.`,
    "The file changed while it was sent, or the bytes were damaged on the way: read it, hash it and send it again.",
  );
}
