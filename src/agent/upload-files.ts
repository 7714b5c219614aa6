// Gives local files to a run as artifacts: by content, so that what the server has already got does not travel.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { encodeFrameHeader } from "../core/blob-frames.ts";
import { Refused } from "../core/refused.ts";
import type { Caller } from "./server-link.ts";

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
/** Files up to this size travel together. */
const smallBytes = 1 << 20;
const frameBatchBytes = 32 << 20;

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
  let left = files;
  // A file that changed between hashing and sending is refused by its hash; then it is hashed anew.
  for (let round = 1; left.length > 0; round++) {
    const hashed: HashedFile[] = [];
    for (const file of left) {
      const found = await hashFile(file).catch((error: Error) => {
        total.remarks.push(`${file.artifact} left out: ${error.message}`);
      });
      if (found) hashed.push(found);
    }
    if (hashed.length === 0) return;
    const changed = await sendBlobs(hashed, way);
    const stored = hashed.filter((file) => !changed.has(file.hash));
    if (stored.length > 0) await link(stored, way, total);
    left = hashed.filter((file) => changed.has(file.hash));
    if (round < 3) continue;
    for (const file of left)
      total.remarks.push(`${file.artifact} left out: it changed again and again while it was read`);
    return;
  }
}

async function hashFile(file: FileToUpload): Promise<HashedFile> {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  for await (const chunk of createReadStream(file.path, { highWaterMark: 1 << 20 })) {
    hash.update(chunk as Buffer);
    sizeBytes += (chunk as Buffer).length;
  }
  return { ...file, hash: hash.digest("hex"), sizeBytes };
}

/** Returns the hashes of files that changed meanwhile. */
async function sendBlobs(files: HashedFile[], way: UploadWay): Promise<Set<string>> {
  const hashes = [...new Set(files.map((file) => file.hash))];
  const { missing } = await way.call(
    (client, options) => client.missingBlobs({ body: { hashes } }, options),
    way,
  );
  const wanted = new Set(missing);
  const changed = new Set<string>();
  const toSend = files.filter((file) => wanted.delete(file.hash));
  for (const batch of batchSmall(toSend.filter((file) => file.sizeBytes <= smallBytes))) {
    for (const hash of await sendTogether(batch, way)) changed.add(hash);
  }
  for (const file of toSend.filter((file) => file.sizeBytes > smallBytes)) {
    if (!(await sendAlone(file, way))) changed.add(file.hash);
  }
  return changed;
}

function batchSmall(files: HashedFile[]): HashedFile[][] {
  const batches: HashedFile[][] = [];
  let room = 0;
  for (const file of files) {
    if (room < file.sizeBytes || batches.length === 0) {
      batches.push([]);
      room = frameBatchBytes;
    }
    room -= file.sizeBytes;
    batches.at(-1)!.push(file);
  }
  return batches;
}

async function sendTogether(files: HashedFile[], way: UploadWay): Promise<string[]> {
  const changed: string[] = [];
  const frames: Uint8Array[] = [];
  for (const file of files) {
    const bytes = await readSmall(file);
    if (bytes) frames.push(encodeFrameHeader(file.hash, bytes.length), bytes);
    else changed.push(file.hash);
  }
  const body = Buffer.concat(frames);
  if (body.length > 0) await way.call((client, options) => client.putBlobs({ body }, options), way);
  return changed;
}

/** Undefined when it is not any more what was hashed. */
async function readSmall(file: HashedFile): Promise<Uint8Array | undefined> {
  await using handle = await open(file.path, "r");
  const bytes = await handle.readFile();
  return createHash("sha256").update(bytes).digest("hex") === file.hash ? bytes : undefined;
}

async function sendAlone(file: HashedFile, way: UploadWay): Promise<boolean> {
  try {
    await way.call(
      (client, options, moved) =>
        client.putBlob({ params: { hash: file.hash }, body: readMoving(file.path, moved) }, options),
      way,
    );
    return true;
  } catch (error) {
    if (error instanceof Refused && error.code === "invalid") return false;
    throw error;
  }
}

async function* readMoving(path: string, moved: () => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    moved();
    yield chunk as Buffer;
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
