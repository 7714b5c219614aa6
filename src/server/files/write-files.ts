// Small files that come whole with an attempt's end: their bytes are on disk first, their names come in its transaction.
import type { WholeFile as SentFile } from "../../api/artifacts.ts";
import { findArtifacts, insertFinished } from "../../store/artifacts.ts";
import { recordEvent } from "../../store/events.ts";
import type { Db } from "../../store/store.ts";
import type { ServerContext } from "../context.ts";
import { appendGrowing } from "./growing.ts";

export interface WholeFile {
  path: string;
  alias: string | undefined;
  bytes: Uint8Array;
}

/** As a request brings it. */
export const asWholeFile = ({ path, alias, base64 }: SentFile): WholeFile => ({
  path,
  alias,
  bytes: Buffer.from(base64, "base64"),
});

/** Files whose bytes are on disk, and whose names are not stored yet. */
export interface WrittenFiles {
  /** Stores the names. */
  name(tx: Db, at: number): Promise<void>;
  /** Once that is committed: what had a name already goes on as a growing file does. */
  settle(): Promise<void>;
}

/** A name that is known goes on as a growing file does: nothing changes when the same is sent again. */
export async function writeFiles(
  context: ServerContext,
  run: string,
  files: readonly WholeFile[],
): Promise<WrittenFiles> {
  const { store, growing, newId } = context;
  const paths = files.map(({ path }) => path);
  const late = new Set(await findArtifacts(store.db, run, paths));
  const fresh = await Promise.all(
    files
      .filter(({ path }) => !late.has(path))
      .map(async (file) => {
        const id = newId();
        await growing.write(id, file.bytes);
        return { ...file, growingId: id, sizeBytes: file.bytes.byteLength };
      }),
  );
  const raced: typeof fresh = [];

  return {
    async name(tx, at) {
      const taken = new Set(await findArtifacts(tx, run, paths));
      const inserted = fresh.filter(({ path }) => !taken.has(path));
      await insertFinished(tx, run, inserted, at);
      for (const { path } of inserted) await recordEvent(tx, at, run, { kind: "artifact.added", path });
      raced.push(...fresh.filter(({ path }) => taken.has(path)));
    },
    async settle() {
      for (const { growingId, path } of raced) {
        late.add(path);
        await growing.remove(growingId);
      }
      for (const { path, alias, bytes } of files) {
        if (late.has(path))
          await appendGrowing(context, run, { path, offset: 0, close: true, alias }, once(bytes));
      }
    },
  };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.byteLength > 0) yield bytes;
}
