// Snapshots and blobs.
import type { Blobs } from "../../blobs/blobs.ts";
import { encodeFrameHeader, frameHeaderBytes } from "../../core/blob-frames.ts";
import { Refused } from "../../core/refused.ts";
import { hasSnapshot, useSnapshot } from "../../store/snapshots.ts";
import type { SomeHandlers } from "../http/app.ts";
import type { ServerContext } from "../context.ts";
import { checkLocalCaller } from "../http/local-callers.ts";
import { readManifest } from "../files/read-manifest.ts";
import { storeSnapshot } from "../files/store-snapshot.ts";

const chunkBytes = 256 << 10;

export function snapshotRoutes(
  context: ServerContext,
): SomeHandlers<
  | "putSnapshot"
  | "getSnapshot"
  | "hasSnapshot"
  | "missingBlobs"
  | "putBlobs"
  | "putBlob"
  | "storeLocalFiles"
  | "getBlob"
  | "readBlobs"
> {
  const { store, blobs } = context;
  return {
    async putSnapshot({ body }) {
      context.expectJob();
      return storeSnapshot(context, body);
    },

    async getSnapshot({ params }) {
      if (!(await hasSnapshot(store.db, params.snapshot))) {
        throw new Refused("not-found", `there is no snapshot ${params.snapshot}`);
      }
      return readManifest(blobs, params.snapshot);
    },

    hasSnapshot: async ({ params }) => ({
      stored: await useSnapshot(store, params.snapshot, context.clock.now()),
    }),

    missingBlobs: async ({ body }) => ({ missing: await blobs.missing(body.hashes) }),

    async putBlobs({ body }) {
      const stored = await blobs.writeMany(body);
      return { stored: stored.length, sizeBytes: stored.reduce((sum, blob) => sum + blob.sizeBytes, 0) };
    },

    putBlob: ({ params, body }) => blobs.write(body, params.hash),

    async storeLocalFiles({ body }) {
      await checkLocalCaller(context.config.home, body.caller);
      const { hashes, ...added } = await blobs.writeFiles(body.files);
      return { hashes: hashes.map((hash) => hash ?? null), ...added };
    },

    async getBlob({ params }) {
      const size = await blobs.size(params.hash);
      if (size === undefined) throw new Refused("not-found", `there is no blob ${params.hash}`);
      return { body: blobs.read(params.hash), headers: { "content-length": String(size) } };
    },

    async readBlobs({ body }) {
      const sizes: number[] = [];
      for (const hash of body.hashes) {
        const size = await blobs.size(hash);
        if (size === undefined) throw new Refused("not-found", `there is no blob ${hash}`);
        sizes.push(size);
      }
      const total = sizes.reduce((sum, size) => sum + size + frameHeaderBytes, 0);
      return {
        body: framesOf(blobs, body.hashes, sizes),
        headers: { "content-length": String(total) },
      };
    },
  };
}

async function* framesOf(
  blobs: Blobs,
  hashes: readonly string[],
  sizes: readonly number[],
): AsyncGenerator<Uint8Array> {
  // Small blobs go out together: a chunk of their own for each would cost more than their bytes.
  let pieces: Uint8Array[] = [];
  let filled = 0;
  for (const [index, hash] of hashes.entries()) {
    pieces.push(encodeFrameHeader(hash, sizes[index]!));
    for await (const chunk of blobs.read(hash)) {
      pieces.push(chunk);
      filled += chunk.length;
      if (filled < chunkBytes) continue;
      yield Buffer.concat(pieces);
      pieces = [];
      filled = 0;
    }
  }
  if (pieces.length > 0) yield Buffer.concat(pieces);
}
