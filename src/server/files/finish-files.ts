// Growing files that come as a whole, such as the logs of a short job: written, synced, and told of in one transaction.
import { findArtifacts, insertFinished } from "../../store/artifacts.ts";
import { recordEvent } from "../../store/events.ts";
import type { ServerContext } from "../context.ts";
import { appendGrowing } from "./growing.ts";
import { topics } from "../nudges.ts";

export interface WholeFile {
  path: string;
  alias: string | undefined;
  bytes: Uint8Array;
}

/** A name that is known goes on as a growing file does: nothing changes when the same is sent again. */
export async function finishFiles(
  context: ServerContext,
  run: string,
  files: readonly WholeFile[],
): Promise<{ path: string; sizeBytes: number }[]> {
  const { store, clock, growing, nudges, newId } = context;
  const paths = files.map(({ path }) => path);
  const known = new Set(await findArtifacts(store.db, run, paths));
  const fresh = await Promise.all(
    files
      .filter(({ path }) => !known.has(path))
      .map(async (file) => {
        const id = newId();
        await growing.write(id, file.bytes);
        return { ...file, growingId: id, sizeBytes: file.bytes.byteLength };
      }),
  );
  const at = clock.now();
  const raced = await store.write(async (tx) => {
    const taken = new Set(await findArtifacts(tx, run, paths));
    const inserted = fresh.filter(({ path }) => !taken.has(path));
    await insertFinished(tx, run, inserted, at);
    for (const { path } of inserted) await recordEvent(tx, at, run, { kind: "artifact.added", path });
    return fresh.filter(({ path }) => taken.has(path));
  });
  nudges.nudge(topics.events);
  for (const { growingId } of raced) await growing.remove(growingId);
  const late = new Set([...known, ...raced.map(({ path }) => path)]);
  const finish = async ({ path, alias, bytes }: WholeFile) => {
    if (!late.has(path)) return { path, sizeBytes: bytes.byteLength };
    const { sizeBytes } = await appendGrowing(
      context,
      run,
      { path, offset: 0, close: true, alias },
      once(bytes),
    );
    return { path, sizeBytes };
  };
  return Promise.all(files.map(finish));
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.byteLength > 0) yield bytes;
}
