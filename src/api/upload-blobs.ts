// Sends files as blobs: small ones together in framed batches, each big one as a stream of its own.
import { closeSync, createReadStream, openSync, readSync } from "node:fs";
import { encodeFrameHeader, frameHeaderBytes } from "../core/blob-frames.ts";
import { Refused } from "../core/refused.ts";
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

/** A bigger file would make a batch too big to hold in memory. */
const smallBytes = 4 << 20;
const batchBytes = 8 << 20;
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
    if (batch.length > 0 && bytes + blob.sizeBytes > batchBytes) {
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
  const body = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of createReadStream(blob.path, { highWaterMark: 1 << 20 })) {
      yield chunk as Buffer;
      report.part((chunk as Buffer).length);
    }
  };
  await blameTheFiles(client.putBlob({ params: { hash: blob.hash }, body: body() }, { signal }), [blob]);
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
  part(bytes: number): void;
  done(blobs: readonly BlobToSend[]): void;
}

function progressReport(blobs: readonly BlobToSend[], onProgress: UploadOptions["onProgress"]): Report {
  const totalBytes = blobs.reduce((sum, blob) => sum + blob.sizeBytes, 0);
  const totalFiles = blobs.length;
  let doneBytes = 0;
  let partBytes = 0;
  let sentFiles = 0;
  const tell = () =>
    onProgress?.({
      sentBytes: Math.min(totalBytes, doneBytes + partBytes),
      totalBytes,
      sentFiles,
      totalFiles,
    });
  return {
    part(bytes) {
      partBytes += bytes;
      tell();
    },
    done(blobs) {
      for (const blob of blobs) {
        doneBytes += blob.sizeBytes;
        // What of it was told in parts is now told as a whole.
        if (blob.sizeBytes > smallBytes) partBytes -= blob.sizeBytes;
      }
      sentFiles += blobs.length;
      tell();
    },
  };
}
