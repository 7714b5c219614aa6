// Sends the files of a run or a logged model that are not here yet. Nothing is held whole but what is small.
import { createHash } from "node:crypto";
import { isSafePath } from "../../core/snapshot.ts";
import { uploadBlobs } from "../../api/upload-blobs.ts";
import type { BlobToSend } from "../../api/upload-blobs.ts";
import { isOutage } from "../connect/link.ts";
import { BrokenSource } from "./source.ts";
import type { FilesPlace, SourceFile } from "./source.ts";
import { addFault } from "./session.ts";
import type { Session } from "./session.ts";

export interface StoredFile {
  path: string;
  sizeBytes: number;
  hash: string | null;
}

const linksAtOnce = 5000;
const mostTries = 4;

/** How many were sent. `what` names their owner, for faults. */
export async function moveFiles(
  owner: string,
  place: FilesPlace,
  stored: readonly StoredFile[],
  session: Session,
  what: string,
): Promise<number> {
  const { source, faults } = session;
  const known = new Map(stored.map((file) => [file.path, file]));
  const files = (await source.listFiles(place)).filter(({ path }) => {
    if (isSafePath(path)) return true;
    addFault(
      faults,
      `${what}, file ${path}`,
      new BrokenSource("its name means different things on different machines", "rename it"),
    );
    return false;
  });
  const local = files.filter((file) => file.local !== undefined);
  const remote = files.filter((file) => file.local === undefined);
  let sent = await moveLocal(owner, local, known, session, what);
  for (const file of remote) {
    try {
      if (await moveRemote(owner, file, known.get(file.path), session)) sent += 1;
    } catch (error) {
      if (session.signal.aborted) throw error;
      addFault(faults, `${what}, file ${file.path}`, error);
    }
  }
  return sent;
}

async function moveLocal(
  owner: string,
  files: readonly SourceFile[],
  known: ReadonlyMap<string, StoredFile>,
  { hashes, link, signal, sent, onProgress, faults }: Session,
  what: string,
): Promise<number> {
  const fresh: (BlobToSend & { name: string })[] = [];
  for (const file of files) {
    try {
      const { hash, sizeBytes } = await hashes.of(file, signal);
      if (known.get(file.path)?.hash !== hash) {
        fresh.push({ hash, sizeBytes, path: file.local!, name: file.path });
      }
    } catch (error) {
      if (signal.aborted) throw error;
      addFault(faults, `${what}, file ${file.path}`, error);
    }
  }
  for (let from = 0; from < fresh.length; from += linksAtOnce) {
    const some = fresh.slice(from, from + linksAtOnce);
    const byHash = new Map(some.map((file) => [file.hash, file]));
    await link.use(async (client, call) => {
      const { missing } = await client.missingBlobs({ body: { hashes: [...byHash.keys()] } }, call);
      let told = 0;
      await uploadBlobs(
        client,
        missing.map((hash) => byHash.get(hash)!),
        {
          signal: call.signal,
          onProgress: ({ sentBytes }) => {
            sent.bytes += sentBytes - told;
            told = sentBytes;
            onProgress();
          },
        },
      );
      const named = some.map(({ name, hash }) => ({ path: name, hash }));
      await client.importFiles({ body: { owner, files: named } }, call);
    }, signal);
    sent.files += some.length;
    onProgress();
  }
  return fresh.length;
}

/** A file of a server has no hash until it was read: one of the same size is read to see whether it is the same. */
async function moveRemote(
  owner: string,
  file: SourceFile,
  known: StoredFile | undefined,
  { link, signal, sent, onProgress, hashes }: Session,
): Promise<boolean> {
  if (known?.sizeBytes === file.sizeBytes && (await hashes.of(file, signal)).hash === known.hash)
    return false;
  for (let tries = 1; ; tries++) {
    let counted = 0;
    try {
      const { stored, hash } = await link.use(async (client, call) => {
        const read = createHash("sha256");
        sent.bytes -= counted;
        counted = 0;
        // Whose fault a failure is decides whether our server is asked again.
        let broken: BrokenSource | undefined;
        const blame = (error: unknown) => {
          if (error instanceof BrokenSource || call.signal.aborted) return error;
          broken = new BrokenSource(
            `it could not be read: ${(error as Error).message}`,
            "run the import again",
          );
          return broken;
        };
        const source = await file.open(call.signal).catch((error: unknown) => {
          throw blame(error);
        });
        const body = async function* () {
          try {
            for await (const bytes of source) {
              read.update(bytes);
              counted += bytes.length;
              sent.bytes += bytes.length;
              yield bytes;
              onProgress();
            }
          } catch (error) {
            throw blame(error);
          }
        };
        try {
          const stored = await client.importFile({ query: { owner, path: file.path }, body: body() }, call);
          return { stored, hash: read.digest("hex") };
        } catch (error) {
          throw broken ?? error;
        }
      }, signal);
      if (stored.hash === hash && stored.sizeBytes === file.sizeBytes) {
        sent.files += 1;
        return true;
      }
      throw new BrokenSource(
        `${stored.sizeBytes} bytes arrived, and ${file.sizeBytes} were listed`,
        "run the import again: the file may have changed meanwhile",
      );
    } catch (error) {
      sent.bytes -= counted;
      const again = error instanceof BrokenSource || isOutage(error);
      if (signal.aborted || tries === mostTries || !again) throw error;
    }
  }
}
