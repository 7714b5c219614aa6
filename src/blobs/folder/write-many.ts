// A batch of framed blobs: few or big ones become files of their own, many small ones become one pack.
import { hash as digest } from "node:crypto";
import { rm } from "node:fs/promises";
import { createFrameDecoder, type FramePart } from "../../core/blob-frames.ts";
import { Refused } from "../../core/refused.ts";
import type { StoredBlob } from "../blobs.ts";
import type { LooseFiles, TempBlob } from "./loose-files.ts";
import { createPack, type PackWriter } from "./pack-file.ts";
import type { Packs } from "./packs.ts";

/** A bigger blob is a file of its own: it is streamed, and one sync is little beside its bytes. */
const smallBytes = 4 << 20;
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
  let held: Buffer[] = [];
  let heldHashes: string[] = [];
  let heldBytes = 0;
  let pack: PackWriter | undefined;
  const temps: TempBlob[] = [];
  const parts = partsOf(frames);

  async function keepSmall(hash: string, bytes: Buffer): Promise<void> {
    if (pack) return pack.add(hash, bytes);
    held.push(bytes);
    heldHashes.push(hash);
    heldBytes += bytes.length;
    if (held.length < packFromBlobs && heldBytes < packFromBytes) return;
    pack = await createPack(tempFolder);
    for (const [at, bytes] of held.entries()) await pack.add(heldHashes[at]!, bytes);
    held = [];
    heldHashes = [];
  }

  try {
    for (;;) {
      const next = await parts.next();
      if (next.done) break;
      if (next.value.kind !== "start") continue;
      const { hash, sizeBytes } = next.value;
      const isNew = !taken.has(hash) && !table.has(hash) && !loose.has(hash);
      if (sizeBytes <= smallBytes) {
        const bytes = await readSmall(parts, sizeBytes);
        checkName(hash, digest("sha256", bytes), sizeBytes);
        if (isNew) await keepSmall(hash, bytes);
      } else {
        const temp = await loose.writeTemp(bytesUntilEnd(parts));
        temps.push(temp);
        checkName(hash, temp.hash, sizeBytes);
      }
      taken.add(hash);
      stored.push({ hash, sizeBytes });
    }
    temps.push(...(await Promise.all(held.map((bytes) => loose.writeTemp(once(bytes))))));
    if (temps.length > 0) await loose.publish(temps);
    if (pack) await packs.publish(pack);
    return stored;
  } catch (error) {
    await pack?.abandon();
    await Promise.all(temps.map((temp) => rm(temp.path, { force: true })));
    throw error;
  } finally {
    await parts.return(undefined);
  }
}

async function* partsOf(frames: AsyncIterable<Uint8Array>): AsyncGenerator<FramePart, void, undefined> {
  const decoder = createFrameDecoder();
  for await (const chunk of frames) yield* decoder.push(chunk);
  decoder.finish();
}

async function readSmall(parts: AsyncGenerator<FramePart>, sizeBytes: number): Promise<Buffer> {
  // allocUnsafeSlow: pooled memory would keep whole pools alive while the batch is held.
  const buffer = Buffer.allocUnsafeSlow(sizeBytes);
  let filled = 0;
  for await (const bytes of bytesUntilEnd(parts)) {
    buffer.set(bytes, filled);
    filled += bytes.length;
  }
  return buffer;
}

async function* bytesUntilEnd(parts: AsyncGenerator<FramePart>): AsyncGenerator<Uint8Array> {
  for (;;) {
    const next = await parts.next();
    if (next.done || next.value.kind === "end") return;
    if (next.value.kind === "bytes") yield next.value.bytes;
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
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
