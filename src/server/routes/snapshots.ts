// Snapshots and blobs.
import { manifestSchema } from "../../api/snapshots.ts";
import { Refused } from "../../core/refused.ts";
import type { SnapshotManifest } from "../../core/snapshot.ts";
import { hasSnapshot } from "../../store/snapshots.ts";
import type { SomeHandlers } from "../app.ts";
import type { ServerContext } from "../context.ts";
import { storeSnapshot } from "../store-snapshot.ts";

export function snapshotRoutes(
  context: ServerContext,
): SomeHandlers<"putSnapshot" | "getSnapshot" | "missingBlobs" | "putBlobs" | "putBlob" | "getBlob"> {
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
  };
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
