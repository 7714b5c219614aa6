// Sends files as blobs: small ones together in framed batches, each big one as a stream of its own.
import { closeSync, createReadStream, openSync, readSync } from "node:fs";
import { encodeFrameHeader, frameHeaderBytes } from "../core/blob-frames.ts";
import { Refused } from "../core/refused.ts";
import { largestBlobBytes as smallBytes, slabBytes } from "./blob-stream.ts";
import type { Client } from "./client.ts";

export interface BlobToSend {
  hash: string;
  sizeBytes: number;
  /** The file that has the bytes. */
  path: string;
}

export interface UploadProgress {
  sentBytes: number;
  totalBytes: number;
  sentFiles: number;
  totalFiles: number;
}

export interface UploadOptions {
  signal?: AbortSignal;
  onProgress?: (progress: UploadProgress) => void;
}

const atOnce = 4;

/** What uploading needs of the client. */
export type BlobClient = Pick<Client, "putBlob" | "putBlobs">;

/** Throws `Refused` ("conflict") when a file has other bytes by now than those that its hash names. */
export async function uploadBlobs(
  client: BlobClient,
  blobs: readonly BlobToSend[],
  options: UploadOptions = {},
): Promise<void> {
  const failed = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, failed.signal]) : failed.signal;
  const report = progressReport(blobs, options.onProgress);
  const packages = [
    ...blobs.filter((blob) => blob.sizeBytes > smallBytes).map((blob) => [blob]),
    ...inBatches(blobs.filter((blob) => blob.sizeBytes <= smallBytes)),
  ].reverse();

  const sendNext = async (): Promise<void> => {
    for (let batch = packages.pop(); batch; batch = packages.pop()) {
      signal.throwIfAborted();
      const [first] = batch;
      if (batch.length === 1 && first!.sizeBytes > smallBytes) await sendBig(client, first!, signal, report);
      else await sendBatch(client, batch, signal);
      report.done(batch);
    }
  };
  const senders = Array.from({ length: Math.min(atOnce, packages.length) }, () =>
    sendNext().catch((error: unknown) => {
      failed.abort();
      throw error;
    }),
  );
  const results = await Promise.allSettled(senders);
  // The first to fail says why; the others only say that they were stopped.
  const reasons = results.flatMap((result) =>
    result.status === "rejected" ? [result.reason as unknown] : [],
  );
  options.signal?.throwIfAborted();
  if (reasons.length > 0) throw reasons.find((reason) => !isAbort(reason)) ?? reasons[0];
}

function* inBatches(blobs: readonly BlobToSend[]): Generator<BlobToSend[]> {
  let batch: BlobToSend[] = [];
  let bytes = 0;
  for (const blob of blobs) {
    if (batch.length > 0 && bytes + blob.sizeBytes > slabBytes) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(blob);
    bytes += blob.sizeBytes + frameHeaderBytes;
  }
  if (batch.length > 0) yield batch;
}

async function sendBatch(
  client: BlobClient,
  batch: readonly BlobToSend[],
  signal: AbortSignal,
): Promise<void> {
  const size = batch.reduce((sum, blob) => sum + frameHeaderBytes + blob.sizeBytes, 0);
  const body = Buffer.allocUnsafe(size);
  let at = 0;
  for (const blob of batch) {
    body.set(encodeFrameHeader(blob.hash, blob.sizeBytes), at);
    at += frameHeaderBytes;
    readInto(body.subarray(at, at + blob.sizeBytes), blob);
    at += blob.sizeBytes;
  }
  await blameTheFiles(client.putBlobs({ body }, { signal }), batch);
}

async function sendBig(
  client: BlobClient,
  blob: BlobToSend,
  signal: AbortSignal,
  report: Report,
): Promise<void> {
  // An object that may be iterated again: a client that waits for its server sends the file from its beginning.
  const body: AsyncIterable<Uint8Array> = {
    async *[Symbol.asyncIterator]() {
      report.part(blob, 0);
      let sentBytes = 0;
      for await (const chunk of createReadStream(blob.path, { highWaterMark: 1 << 20 })) {
        yield chunk as Buffer;
        sentBytes += (chunk as Buffer).length;
        report.part(blob, sentBytes);
      }
    },
  };
  await blameTheFiles(client.putBlob({ params: { hash: blob.hash }, body }, { signal }), [blob]);
}

/** Without promises: thousands of small files are read several times as fast, and a batch takes milliseconds. */
function readInto(target: Uint8Array, blob: BlobToSend): void {
  let descriptor: number;
  try {
    descriptor = openSync(blob.path, "r");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") throw refuseChanged([blob]);
    throw error;
  }
  try {
    for (let filled = 0; filled < target.length;) {
      const count = readSync(descriptor, target, filled, target.length - filled, filled);
      if (count === 0) throw refuseChanged([blob]);
      filled += count;
    }
  } finally {
    closeSync(descriptor);
  }
}

/** The server refuses bytes that do not hash to their name: then a file is not any more what it was. */
async function blameTheFiles<T>(sending: Promise<T>, blobs: readonly BlobToSend[]): Promise<T> {
  try {
    return await sending;
  } catch (error) {
    if (!(error instanceof Refused) || error.code !== "invalid") throw error;
    throw refuseChanged(blobs.filter((blob) => blobs.length === 1 || error.message.includes(blob.hash)));
  }
}

function refuseChanged(blobs: readonly BlobToSend[]): Refused {
  const names = blobs.map((blob) => blob.path).join(", ");
  return new Refused(
    "conflict",
    `${names || "A file"} changed between being hashed and being sent.`,
    "Try again; what did arrive is not sent twice.",
  );
}

const isAbort = (error: unknown): boolean =>
  error instanceof Error &&
  (error.name === "AbortError" || (error.cause instanceof Error && error.cause.name === "AbortError"));

interface Report {
  /** So much of a big file has been sent. */
  part(blob: BlobToSend, sentBytes: number): void;
  done(blobs: readonly BlobToSend[]): void;
}

function progressReport(blobs: readonly BlobToSend[], onProgress: UploadOptions["onProgress"]): Report {
  const totalBytes = blobs.reduce((sum, blob) => sum + blob.sizeBytes, 0);
  const totalFiles = blobs.length;
  let doneBytes = 0;
  const parts = new Map<BlobToSend, number>();
  let sentFiles = 0;
  const tell = () =>
    onProgress?.({
      sentBytes: doneBytes + parts.values().reduce((sum, bytes) => sum + bytes, 0),
      totalBytes,
      sentFiles,
      totalFiles,
    });
  return {
    part(blob, sentBytes) {
      // When it is sent again from its beginning, what was told stays told.
      parts.set(blob, Math.min(blob.sizeBytes, Math.max(sentBytes, parts.get(blob) ?? 0)));
      tell();
    },
    done(blobs) {
      for (const blob of blobs) {
        doneBytes += blob.sizeBytes;
        parts.delete(blob);
      }
      sentFiles += blobs.length;
      tell();
    },
  };
}
