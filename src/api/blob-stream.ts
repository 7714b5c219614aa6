// Sends small blobs while their files are still being read, so that the disk, the hashing and the network work at the
// same time and each file is read once. What it could not send is no harm: the upload of the snapshot finds it missing.
import { encodeFrameHeader, frameHeaderBytes } from "../core/blob-frames.ts";
import type { Client } from "./client.ts";

export interface BlobStream {
  /** The bytes need to be there during the call only. At most `largestBlobBytes` of them. */
  take(hash: string, bytes: Uint8Array): void;
  /** Resolves when there is room for more; throws when sending has failed. */
  room(): Promise<void>;
  /** Resolves when all that was sent is durable. A few bytes are not sent at all: they need no head start. */
  finish(): Promise<SentBlobs>;
}

export interface SentBlobs {
  sentFiles: number;
  sentBytes: number;
}

export type StreamClient = Pick<Client, "missingBlobs" | "putBlobs">;

export const largestBlobBytes = 4 << 20;
/** One of these is one pack of the server, and what is lost at most when the connection breaks in the middle. */
export const slabBytes = 16 << 20;
const slabBlobs = 20_000;
const slabsAtOnce = 3;

interface Slab {
  bytes: Buffer;
  filled: number;
  blobs: { hash: string; start: number; end: number }[];
}

export function openBlobStream(client: () => Promise<StreamClient>, signal?: AbortSignal): BlobStream {
  const call = signal ? { signal } : {};
  const taken = new Set<string>();
  const spare: Buffer[] = [];
  const sending = new Set<Promise<void>>();
  const sent: SentBlobs = { sentFiles: 0, sentBytes: 0 };
  let failure: { error: unknown } | undefined;
  let hasBegun = false;
  let slab = emptySlab(spare);

  async function send({ bytes, filled, blobs }: Slab): Promise<void> {
    const { missingBlobs, putBlobs } = await client();
    const { missing } = await missingBlobs({ body: { hashes: blobs.map(({ hash }) => hash) } }, call);
    const wanted = new Set(missing);
    const toSend = blobs.filter(({ hash }) => wanted.has(hash));
    if (toSend.length > 0) {
      const isWhole = toSend.length === blobs.length;
      const body = isWhole ? bytes.subarray(0, filled) : framesIn(bytes, toSend);
      await putBlobs({ body }, call);
    }
    sent.sentFiles += toSend.length;
    for (const { start, end } of toSend) sent.sentBytes += end - start - frameHeaderBytes;
    spare.push(bytes);
  }

  function flush(): void {
    hasBegun = true;
    const done = send(slab)
      .catch((error: unknown) => {
        failure ??= { error };
      })
      .finally(() => sending.delete(done));
    sending.add(done);
    slab = emptySlab(spare);
  }

  function throwFailure(): void {
    signal?.throwIfAborted();
    if (failure) throw failure.error;
  }

  return {
    take(hash, bytes) {
      if (taken.has(hash)) return;
      taken.add(hash);
      const isFull = slab.filled + frameHeaderBytes + bytes.length > slabBytes;
      if (isFull || slab.blobs.length === slabBlobs) flush();
      const start = slab.filled;
      slab.bytes.set(encodeFrameHeader(hash, bytes.length), start);
      slab.bytes.set(bytes, start + frameHeaderBytes);
      slab.filled += frameHeaderBytes + bytes.length;
      slab.blobs.push({ hash, start, end: slab.filled });
    },
    async room() {
      while (sending.size >= slabsAtOnce) await Promise.race(sending);
      throwFailure();
    },
    async finish() {
      if (hasBegun && slab.blobs.length > 0) flush();
      await Promise.all(sending);
      throwFailure();
      return sent;
    },
  };
}

const emptySlab = (spare: Buffer[]): Slab => ({
  bytes: spare.pop() ?? Buffer.allocUnsafeSlow(slabBytes),
  filled: 0,
  blobs: [],
});

/** May be read again from its beginning, should the call be made again. */
const framesIn = (bytes: Buffer, blobs: Slab["blobs"]): AsyncIterable<Uint8Array> => ({
  async *[Symbol.asyncIterator]() {
    for (const { start, end } of blobs) yield bytes.subarray(start, end);
  },
});
