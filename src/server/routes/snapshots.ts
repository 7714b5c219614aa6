// Snapshots and blobs.
import { manifestSchema } from "../../api/snapshots.ts";
import type { Blobs } from "../../blobs/blobs.ts";
import { encodeFrameHeader, frameHeaderBytes } from "../../core/blob-frames.ts";
import { Refused } from "../../core/refused.ts";
import type { SnapshotManifest } from "../../core/snapshot.ts";
import { hasSnapshot } from "../../store/snapshots.ts";
import type { SomeHandlers } from "../app.ts";
import type { ServerContext } from "../context.ts";
import { storeSnapshot } from "../store-snapshot.ts";

const chunkBytes = 256 << 10;

export function snapshotRoutes(
  context: ServerContext,
): SomeHandlers<
  "putSnapshot" | "getSnapshot" | "missingBlobs" | "putBlobs" | "putBlob" | "getBlob" | "readBlobs"
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
      const chunks: Uint8Array[] = [];
      for await (const chunk of blobs.read(params.snapshot)) chunks.push(chunk);
      return readCanonical(Buffer.concat(chunks).toString());
    },

    missingBlobs: async ({ body }) => ({ missing: await blobs.missing(body.hashes) }),

    async putBlobs({ body }) {
      const stored = await blobs.writeMany(body);
      return { stored: stored.length, sizeBytes: stored.reduce((sum, blob) => sum + blob.sizeBytes, 0) };
    },

    putBlob: ({ params, body }) => blobs.write(body, params.hash),

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

function readCanonical(text: string): SnapshotManifest {
  const stored = JSON.parse(text) as {
    files: [path: string, hash: string, sizeBytes: number, executable: number][];
    emptyDirectories: string[];
  };
  return manifestSchema.parse({
    version: 1,
    files: stored.files.map(([path, hash, sizeBytes, executable]) => ({
      path,
      hash,
      sizeBytes,
      executable: executable === 1,
    })),
    emptyDirectories: stored.emptyDirectories,
  });
}
