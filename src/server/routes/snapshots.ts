// Snapshots and blobs.
import { createHash } from "node:crypto";
import { manifestSchema } from "../../api/snapshots.ts";
import { Refused } from "../../core/refused.ts";
import { canonicalManifest } from "../../core/snapshot.ts";
import type { SnapshotManifest } from "../../core/snapshot.ts";
import { hasSnapshot, saveSnapshot } from "../../store/snapshots.ts";
import type { SomeHandlers } from "../app.ts";
import type { ServerContext } from "../context.ts";

export function snapshotRoutes(
  context: ServerContext,
): SomeHandlers<"putSnapshot" | "getSnapshot" | "missingBlobs" | "putBlobs" | "putBlob" | "getBlob"> {
  const { store, blobs, clock } = context;
  return {
    async putSnapshot({ body }) {
      context.expectJob();
      refuseBadTree(body);
      const text = Buffer.from(canonicalManifest(body));
      const id = createHash("sha256").update(text).digest("hex");
      if (await hasSnapshot(store.db, id)) return { id, missing: [], stored: true };
      const missing = await blobs.missing(body.files.map((file) => file.hash));
      if (missing.length > 0) return { id, missing, stored: false };
      await blobs.write(once(text), id);
      const sizeBytes = body.files.reduce((sum, file) => sum + file.sizeBytes, 0);
      await store.write((tx) =>
        saveSnapshot(tx, { id, fileCount: body.files.length, sizeBytes, at: clock.now() }),
      );
      return { id, missing: [], stored: true };
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

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Two files of one name, or a file where another path needs a folder, cannot be laid out on a disk. */
function refuseBadTree(manifest: SnapshotManifest): void {
  const files = new Set<string>();
  let last = "";
  for (const { path } of manifest.files) {
    if (path <= last) throw new Refused("invalid", `the files are not sorted, or ${path} is there twice`);
    last = path;
    files.add(path);
  }
  last = "";
  for (const folder of manifest.emptyDirectories) {
    if (folder <= last)
      throw new Refused("invalid", `the folders are not sorted, or ${folder} is there twice`);
    last = folder;
  }
  for (const path of [...files, ...manifest.emptyDirectories.map((folder) => `${folder}/`)]) {
    for (let end = path.indexOf("/"); end > 0; end = path.indexOf("/", end + 1)) {
      if (files.has(path.slice(0, end))) {
        throw new Refused("invalid", `${path.slice(0, end)} is a file, and ${path} needs it to be a folder`);
      }
    }
  }
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
