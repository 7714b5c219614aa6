// Reads what a snapshot holds from the blob that is its list.
import { manifestSchema } from "../../api/snapshots.ts";
import type { Blobs } from "../../blobs/blobs.ts";
import type { SnapshotManifest } from "../../core/snapshot.ts";

export async function readManifest(blobs: Blobs, snapshot: string): Promise<SnapshotManifest> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of blobs.read(snapshot)) chunks.push(chunk);
  const stored = JSON.parse(Buffer.concat(chunks).toString()) as {
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
