// A datastore that is a folder of this machine, or a network share mounted on it.
import { constants } from "node:fs";
import type { Stats } from "node:fs";
import { mkdir, open, readdir, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { newUuid } from "../lib/ids.ts";
import { DatastoreFailed } from "./datastore-client.ts";
import type { DatastoreClient, DatastoreFile } from "./datastore-client.ts";
import { explainFault } from "./explain-fault.ts";
import type { StoreWords } from "./explain-fault.ts";
import { checkFilePath, checkFolderPath } from "./safe-path.ts";

const temporaryPrefix = ".trainyard-part-";

export function openLocalFolder(name: string, root: string): DatastoreClient {
  const words: StoreWords = { place: `the folder of ${name}`, statusOf, codeOf };
  const fail = (error: unknown, signal: AbortSignal, path?: string) =>
    explainFault(error, signal, words, path);

  /** Links are followed while they stay inside; what lies elsewhere is not part of the datastore. */
  async function inside(path: string, shown: string): Promise<string> {
    const real = await realpath(path);
    const realRoot = await realpath(root);
    if (real === realRoot || real.startsWith(realRoot.endsWith(sep) ? realRoot : realRoot + sep)) return real;
    throw new DatastoreFailed("forbidden", `${shown} in ${words.place} is a link to a place outside of it`);
  }

  async function* walk(folder: string, ancestors: readonly string[]): AsyncGenerator<DatastoreFile> {
    const real = await inside(join(root, folder), folder || ".");
    if (ancestors.includes(real)) {
      throw new DatastoreFailed(
        "invalid",
        `${folder} in ${words.place} is a link to a folder that it lies in`,
      );
    }
    for (const entry of await readdir(real, { withFileTypes: true })) {
      if (entry.name.startsWith(temporaryPrefix)) continue;
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) yield* walk(path, [...ancestors, real]);
      else if (entry.isFile() || entry.isSymbolicLink()) {
        const target = await inside(join(root, path), path);
        const facts = await stat(target);
        if (facts.isDirectory()) yield* walk(path, [...ancestors, real]);
        else if (facts.isFile()) yield fileOf(path, facts);
      }
    }
  }

  return {
    async *list(folder, signal) {
      const from = checkFolderPath(folder);
      try {
        signal.throwIfAborted();
        // A root that is not there is a share that is not mounted, and not an empty datastore.
        await stat(root);
        const facts = await stat(join(root, from)).catch(absent);
        if (!facts?.isDirectory()) return;
        for await (const file of walk(from, [])) {
          signal.throwIfAborted();
          yield file;
        }
      } catch (error) {
        throw fail(error, signal, from === "" ? undefined : from);
      }
    },

    async stat(path, signal) {
      checkFilePath(path);
      try {
        await stat(root);
        const facts = await stat(join(root, path)).catch(absent);
        if (!facts?.isFile()) return undefined;
        await inside(join(root, path), path);
        return fileOf(path, facts);
      } catch (error) {
        throw fail(error, signal, path);
      }
    },

    async read(path, { start = 0, version, signal }) {
      checkFilePath(path);
      try {
        const real = await inside(join(root, path), path);
        const handle = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW);
        const file = fileOf(path, await handle.stat());
        if (version !== undefined && version !== file.version) {
          await handle.close();
          throw new DatastoreFailed("changed", `${path} in ${words.place} changed while it was read`);
        }
        const body = handle.createReadStream({ start, highWaterMark: 1 << 20, signal });
        return { ...file, md5: undefined, body };
      } catch (error) {
        throw fail(error, signal, path);
      }
    },

    async write(path, source, signal) {
      checkFilePath(path);
      try {
        await stat(root);
        const folder = join(root, dirname(path));
        await refuseLinkOutside(folder, path);
        await mkdir(folder, { recursive: true });
        await inside(folder, path);
        await writeWhole(join(root, path), source, signal);
      } catch (error) {
        throw fail(error, signal, path);
      }
    },

    addressOf: (path) => join(root, path),
  };

  /** Before any folder is made: the nearest one that exists has to be inside. */
  async function refuseLinkOutside(folder: string, path: string): Promise<void> {
    for (let at = folder; ; at = dirname(at)) {
      const facts = await stat(at).catch(absent);
      if (!facts) continue;
      await inside(at, path);
      return;
    }
  }
}

async function writeWhole(
  path: string,
  source: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  const temporary = join(dirname(path), `${temporaryPrefix}${newUuid()}`);
  try {
    const handle = await open(temporary, "wx");
    await pipeline(source, handle.createWriteStream({ flush: true }), { signal });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** The inode is part of it: a file that is replaced by one of the same size within a tick is another. */
const fileOf = (path: string, facts: Stats): DatastoreFile => ({
  path,
  sizeBytes: facts.size,
  version: `${facts.mtimeMs}-${facts.size}-${facts.ino}`,
});

const absent = (error: unknown): undefined => {
  const code = typeof error === "object" && error !== null ? codeOf(error) : undefined;
  if (code === "ENOENT" || code === "ENOTDIR") return undefined;
  throw error;
};

const codeOf = (error: object): string | undefined =>
  "code" in error && typeof error.code === "string" ? error.code : undefined;

/** The system's words as statuses, so that there is one table of what they mean. */
const statuses: Record<string, number> = {
  ENOENT: 404,
  ENOTDIR: 404,
  EISDIR: 404,
  ELOOP: 403,
  EACCES: 403,
  EPERM: 403,
  EROFS: 403,
};
const statusOf = (error: object): number | undefined => statuses[codeOf(error) ?? ""];
