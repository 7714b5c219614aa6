// Snapshots from the server: the manifest once, small files many at a time, big ones as streams of their own.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { manifestSchema } from "../../api/snapshots.ts";
import { createFrameDecoder } from "../../core/blob-frames.ts";
import type { SnapshotFile, SnapshotManifest } from "../../core/snapshot.ts";
import type { Caller } from "../node/server-link.ts";
import { readState, writeState } from "../node/state-file.ts";
import type { BlobCache } from "./blob-cache.ts";
import type { SharedWork } from "./shared-work.ts";
import type { Tree } from "./tree.ts";

/** What arrives together is held whole, so this bounds the memory that a batch takes. */
const smallBytes = 1 << 20;
const batchBytes = 8 << 20;
const batchFiles = 1000;
const atOnce = 4;

export interface SnapshotSource {
  tree(snapshot: string, signal: AbortSignal): Promise<Tree>;
}

export function createSnapshotSource(
  manifests: string,
  blobs: BlobCache,
  call: Caller,
  once: SharedWork,
): SnapshotSource {
  const manifestOf = (snapshot: string, signal: AbortSignal): Promise<SnapshotManifest> =>
    once(`manifest ${snapshot}`, signal, (stop) => readManifest(snapshot, stop));

  async function readManifest(snapshot: string, signal: AbortSignal): Promise<SnapshotManifest> {
    const path = join(manifests, `${snapshot}.json`);
    const known = await readState(path, manifestSchema);
    if (known) return known;
    const manifest = await call((client, options) => client.getSnapshot({ params: { snapshot } }, options), {
      signal,
    });
    await mkdir(manifests, { recursive: true });
    await writeState(path, manifest);
    return manifest;
  }

  /** A batch that breaks off is asked for again, and what of it has arrived already is simply written again. */
  const fetchBatch = (files: readonly SnapshotFile[], signal: AbortSignal): Promise<void> =>
    call(
      async (client, options, moved) => {
        const decoder = createFrameDecoder();
        let hash = "";
        let pieces: Uint8Array[] = [];
        const body = { hashes: files.map((file) => file.hash) };
        for await (const chunk of await client.readBlobs({ body }, options)) {
          moved();
          for (const part of decoder.push(chunk)) {
            if (part.kind === "start") hash = part.hash;
            else if (part.kind === "bytes") pieces.push(part.bytes);
            else {
              blobs.addSmall(hash, Buffer.concat(pieces));
              pieces = [];
            }
          }
        }
        decoder.finish();
      },
      { signal },
    );

  const fetchBig = async ({ hash, sizeBytes }: SnapshotFile, signal: AbortSignal): Promise<void> => {
    await call(
      async (client, options, moved) => {
        const body = await client.getBlob({ params: { hash } }, options);
        return blobs.add(watched(body, moved), { hash, sizeBytes });
      },
      { signal },
    );
  };

  return {
    async tree(snapshot, signal) {
      return {
        id: snapshot,
        manifest: await manifestOf(snapshot, signal),
        async fetch(files, signal) {
          const small = files.filter((file) => file.sizeBytes <= smallBytes);
          const big = files.filter((file) => file.sizeBytes > smallBytes);
          await eachOf(
            [
              ...[...inBatches(small)].map((batch) => (stop: AbortSignal) => fetchBatch(batch, stop)),
              ...big.map((file) => (stop: AbortSignal) => fetchBig(file, stop)),
            ],
            atOnce,
            signal,
          );
        },
      };
    },
  };
}

async function* watched(body: AsyncIterable<Uint8Array>, moved: () => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    moved();
    yield chunk;
  }
}

function* inBatches(files: readonly SnapshotFile[]): Generator<SnapshotFile[]> {
  let batch: SnapshotFile[] = [];
  let bytes = 0;
  for (const file of files) {
    if (batch.length === batchFiles || (batch.length > 0 && bytes + file.sizeBytes > batchBytes)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(file);
    bytes += file.sizeBytes;
  }
  if (batch.length > 0) yield batch;
}

/** Some at a time. The first to fail stops the others, is waited for with them, and is what is thrown. */
export async function eachOf(
  jobs: readonly ((signal: AbortSignal) => Promise<void>)[],
  atOnce: number,
  signal: AbortSignal,
): Promise<void> {
  const failed = new AbortController();
  const both = AbortSignal.any([signal, failed.signal]);
  const waiting = jobs.toReversed();
  const reasons: unknown[] = [];
  const workNext = async () => {
    for (let job = waiting.pop(); job && !both.aborted; job = waiting.pop()) {
      try {
        await job(both);
      } catch (error) {
        reasons.push(error);
        failed.abort(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, jobs.length) }, workNext));
  signal.throwIfAborted();
  if (reasons.length > 0) throw reasons[0];
}
