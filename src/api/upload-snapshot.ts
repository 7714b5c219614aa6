// Gives a snapshot to the server. Only what the server has not got travels, so a broken upload just goes on.
import { Refused } from "../core/refused.ts";
import type { SnapshotManifest } from "../core/snapshot.ts";
import type { Client } from "./client.ts";
import { uploadBlobs, type BlobClient, type BlobToSend, type UploadOptions } from "./upload-blobs.ts";

export interface SnapshotToSend {
  id: string;
  manifest: SnapshotManifest;
  /** The file that has the bytes of this hash. */
  pathOf(hash: string): string | undefined;
}

export interface SentSnapshot {
  id: string;
  /** How much travelled, besides the manifest. */
  sentFiles: number;
  sentBytes: number;
}

/** From so many files on it is worth asking first: their manifest takes longer to send and check than to ask. */
const askFromFiles = 200;

/** Blobs may be deleted while others arrive; each time what is missing is sent, but not for ever. */
const mostRounds = 4;

/** Resolves when the snapshot is stored, durably. Throws `Refused` ("conflict") when a file changed meanwhile. */
export async function uploadSnapshot(
  client: BlobClient & Pick<Client, "putSnapshot" | "hasSnapshot">,
  snapshot: SnapshotToSend,
  options: UploadOptions = {},
): Promise<SentSnapshot> {
  const call = options.signal ? { signal: options.signal } : {};
  const sent: SentSnapshot = { id: snapshot.id, sentFiles: 0, sentBytes: 0 };
  if (snapshot.manifest.files.length >= askFromFiles) {
    const { stored } = await client.hasSnapshot({ params: { snapshot: snapshot.id } }, call);
    if (stored) return sent;
  }
  for (let round = 1; ; round++) {
    const answer = await client.putSnapshot({ body: snapshot.manifest }, call);
    if (answer.id !== snapshot.id) {
      throw new Error(
        `the server names this snapshot ${answer.id}, this client ${snapshot.id}: the versions differ`,
      );
    }
    if (answer.stored) return sent;
    if (round === mostRounds) {
      throw new Refused(
        "conflict",
        `The server still misses ${answer.missing.length} files of the snapshot after ${mostRounds - 1} uploads.`,
        "Try again; if it stays, the server's storage loses files: look into its log.",
      );
    }
    const blobs = blobsToSend(snapshot, answer.missing);
    await uploadBlobs(client, blobs, options);
    sent.sentFiles += blobs.length;
    sent.sentBytes += blobs.reduce((sum, blob) => sum + blob.sizeBytes, 0);
  }
}

function blobsToSend(snapshot: SnapshotToSend, missing: readonly string[]): BlobToSend[] {
  const sizes = new Map(snapshot.manifest.files.map((file) => [file.hash, file.sizeBytes]));
  return missing.map((hash) => {
    const path = snapshot.pathOf(hash);
    const sizeBytes = sizes.get(hash);
    if (path === undefined || sizeBytes === undefined) {
      throw new Error(`the server asks for the blob ${hash}, which is not in the snapshot ${snapshot.id}`);
    }
    return { hash, sizeBytes, path };
  });
}
