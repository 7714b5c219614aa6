// Gives local files to a run as artifacts: by content, so that what the server has already got does not travel.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { uploadBlobs } from "../../api/upload-blobs.ts";
import { Refused } from "../../core/refused.ts";
import type { Caller } from "../node/server-link.ts";

export interface FileToUpload {
  path: string;
  artifact: string;
}

export interface UploadWay {
  run: string;
  call: Caller;
  signal: AbortSignal;
}

export interface Uploaded {
  files: number;
  sizeBytes: number;
  /** Artifacts that had other bytes before. */
  replaced: string[];
  /** What could not be read, in words. */
  remarks: string[];
}

const filesPerBatch = 1000;
/** A file that changes while it is sent is hashed anew so often, and then left out. */
const mostRounds = 3;

export async function uploadFiles(
  files: readonly FileToUpload[],
  way: UploadWay,
  onProgress: (so_far: Uploaded) => void = () => {},
): Promise<Uploaded> {
  const total: Uploaded = { files: 0, sizeBytes: 0, replaced: [], remarks: [] };
  for (let at = 0; at < files.length; at += filesPerBatch) {
    await uploadBatch(files.slice(at, at + filesPerBatch), way, total);
    onProgress(total);
  }
  return total;
}

interface HashedFile extends FileToUpload {
  hash: string;
  sizeBytes: number;
}

async function uploadBatch(files: readonly FileToUpload[], way: UploadWay, total: Uploaded): Promise<void> {
  let hashed = await hashAll(files, total);
  for (let round = 1; hashed.length > 0; round++) {
    if (await sendBlobs(hashed, way)) return link(hashed, way, total);
    // Some of them changed between hashing and sending; the others are sent by what they still are.
    const before = new Map(hashed.map((file) => [file.artifact, file.hash]));
    hashed = await hashAll(hashed, total);
    if (round < mostRounds) continue;
    if (round > 2 * mostRounds)
      throw new Error(`${hashed.length} files would not be stored, again and again`);
    for (const file of hashed.filter((file) => before.get(file.artifact) !== file.hash))
      total.remarks.push(`${file.artifact} left out: it changed again and again while it was read`);
    hashed = hashed.filter((file) => before.get(file.artifact) === file.hash);
  }
}

async function hashAll(files: readonly FileToUpload[], total: Uploaded): Promise<HashedFile[]> {
  const hashed: HashedFile[] = [];
  for (const file of files) {
    const found = await hashFile(file).catch((error: Error) => {
      total.remarks.push(`${file.artifact} left out: ${error.message}`);
    });
    if (found) hashed.push(found);
  }
  return hashed;
}

async function hashFile({ path, artifact }: FileToUpload): Promise<HashedFile> {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    hash.update(chunk as Buffer);
    sizeBytes += (chunk as Buffer).length;
  }
  return { path, artifact, hash: hash.digest("hex"), sizeBytes };
}

/** False when one of the files has other bytes by now than those that its hash names. */
async function sendBlobs(files: readonly HashedFile[], way: UploadWay): Promise<boolean> {
  const byHash = new Map(files.map((file) => [file.hash, file]));
  try {
    await way.call(async (client, options, moved) => {
      const { missing } = await client.missingBlobs({ body: { hashes: [...byHash.keys()] } }, options);
      const wanted = missing.flatMap((hash) => byHash.get(hash) ?? []);
      await uploadBlobs(client, wanted, { ...options, onProgress: moved });
    }, way);
    return true;
  } catch (error) {
    if (error instanceof Refused && error.code === "conflict") return false;
    throw error;
  }
}

async function link(files: HashedFile[], way: UploadWay, total: Uploaded): Promise<void> {
  const artifacts = files.map((file) => ({ path: file.artifact, hash: file.hash }));
  const answer = await way.call(
    (client, options) => client.linkArtifact({ params: { run: way.run }, body: { artifacts } }, options),
    way,
  );
  total.files += files.length;
  total.sizeBytes += files.reduce((sum, file) => sum + file.sizeBytes, 0);
  total.replaced.push(...answer.replaced);
}
