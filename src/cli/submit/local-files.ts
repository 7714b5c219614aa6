// Has the server of this home folder read files where they lie: their bytes are then read, hashed and written once,
// by one process. A server that cannot (another user's, another machine's, another file system) takes none of them.
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Client } from "../../api/client.ts";
import type { SentBlobs } from "../../api/blob-stream.ts";
import { mostLocalFiles } from "../../api/snapshots.ts";
import { homeLayout } from "../../core/home.ts";
import { Refused } from "../../core/refused.ts";
import { newUuid } from "../../lib/ids.ts";
import type { FileTaker } from "../../snapshot/hash-files.ts";
import type { WalkedFile } from "../../snapshot/walk-tree.ts";
import type { Context } from "../context.ts";

export interface LocalFiles extends FileTaker {
  /** What the server had not got before. */
  readonly sent: SentBlobs;
}

/** One of these is one pack of the server, and what is lost at most when it is killed. */
const batchBytes = 64 << 20;
const batchesAtOnce = 4;
/** For less than this a request with the bytes does as well, and makes no pack of a few files. */
const fewFiles = 64;
const fewBytes = 8 << 20;
/** A bigger file is sent, because that can show how far it is. */
const biggestBytes = 1 << 30;

export function openLocalFiles(
  client: Pick<Client, "storeLocalFiles">,
  { config }: Pick<Context, "config">,
  signal?: AbortSignal,
): LocalFiles {
  const sent: SentBlobs = { sentFiles: 0, sentBytes: 0 };

  async function takeAs(caller: string, files: readonly WalkedFile[], onTaken: OnTaken): Promise<void> {
    // Leaving one of the loops over it ends them all.
    const batches = inBatches(files);
    const takeNext = async () => {
      for (const batch of batches) {
        const body = { caller, files: batch.map(asLocalFile) };
        const answer = await client.storeLocalFiles({ body }, signal && { signal });
        sent.sentFiles += answer.newBlobs;
        sent.sentBytes += answer.newBytes;
        for (const [place, hash] of answer.hashes.entries()) if (hash !== null) onTaken(batch[place]!, hash);
        // It sees none of these files, so it will not see the others.
        if (answer.hashes.every((hash) => hash === null)) return;
      }
    };
    const loops = Array.from({ length: batchesAtOnce }, takeNext);
    for (const ended of await Promise.allSettled(loops)) if (ended.status === "rejected") throw ended.reason;
  }

  return {
    sent,
    async take(files, onTaken) {
      const offered = files.filter((file) => file.sizeBytes <= biggestBytes);
      const bytes = offered.reduce((sum, file) => sum + file.sizeBytes, 0);
      if (offered.length < fewFiles && bytes < fewBytes) return;
      const caller = newUuid();
      const path = join(config.home.value, homeLayout.callers, caller);
      try {
        await writeFile(path, "", { flag: "wx", mode: 0o600 });
      } catch {
        // No server has made this folder, or it is not ours to write to.
        return;
      }
      try {
        await takeAs(caller, offered, onTaken);
      } catch (error) {
        signal?.throwIfAborted();
        if (!(error instanceof Refused)) throw error;
      } finally {
        await rm(path, { force: true });
      }
    },
  };
}

type OnTaken = (file: WalkedFile, hash: string) => void;

const asLocalFile = ({ absolutePath, stamp: { sizeBytes, modifiedMs, changedMs, inode } }: WalkedFile) => ({
  path: absolutePath,
  sizeBytes,
  modifiedMs,
  changedMs,
  inode,
});

function* inBatches(files: readonly WalkedFile[]): Generator<WalkedFile[]> {
  let batch: WalkedFile[] = [];
  let bytes = 0;
  for (const file of files) {
    if (batch.length > 0 && (bytes + file.sizeBytes > batchBytes || batch.length === mostLocalFiles)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(file);
    bytes += file.sizeBytes;
  }
  if (batch.length > 0) yield batch;
}
