// Growing artifacts: appended by offset, followed by readers, made durable in the background and for good at the end.
import { Refused } from "../../core/refused.ts";
import { recordEvent } from "../../store/events.ts";
import {
  closeGrowing,
  findArtifact,
  insertAlias,
  insertGrowing,
  reopenGrowing,
  setDurableSize,
  unfinishedGrowing,
} from "../../store/artifacts.ts";
import type { ArtifactRow } from "../../store/artifacts.ts";
import type { ServerContext } from "../context.ts";
import { topics } from "../nudges.ts";

export interface Append {
  path: string;
  offset: number;
  close: boolean;
  alias?: string | undefined;
}

export async function appendGrowing(
  context: ServerContext,
  run: string,
  append: Append,
  body: AsyncIterable<Uint8Array>,
): Promise<{ sizeBytes: number; durableBytes: number }> {
  const { growing, nudges, store, clock } = context;
  const { id, closed } = await growingFileFor(context, run, append);
  const before = (await growing.size(id)).sizeBytes;
  const sizeBytes = await growing.append(id, append.offset, announcing(body));
  if (sizeBytes > before) nudges.nudge(topics.growth(id));
  // Only new bytes open a complete file again: what is sent twice changes nothing.
  if (closed && !append.close && sizeBytes > before)
    await store.write((tx) => reopenGrowing(tx, run, append.path));
  if (!append.close) return { sizeBytes, durableBytes: (await growing.size(id)).durableBytes };

  const durableBytes = await growing.sync(id);
  await store.write(async (tx) => {
    await closeGrowing(tx, run, append.path, durableBytes);
    await recordEvent(tx, clock.now(), run, {
      kind: "artifact.closed",
      path: append.path,
      sizeBytes: durableBytes,
    });
  });
  await growing.close(id);
  nudges.forget(topics.growth(id));
  nudges.nudge(topics.events);
  return { sizeBytes, durableBytes };

  // Followers see a long request's bytes as they are written, not at its end.
  async function* announcing(source: AsyncIterable<Uint8Array>) {
    for await (const chunk of source) {
      yield chunk;
      nudges.nudge(topics.growth(id));
    }
  }
}

interface GrowingFile {
  id: string;
  /** It was complete once; another attempt may go on with it. */
  closed: boolean;
}

async function growingFileFor(context: ServerContext, run: string, append: Append): Promise<GrowingFile> {
  const { store, clock, nudges } = context;
  const known = await findArtifact(store.db, run, append.path);
  if (known) return growingFileOf(known);
  const id = context.newId();
  const at = clock.now();
  const { alias } = append;
  const owner = await store.write(async (tx) => {
    const raced = await findArtifact(tx, run, append.path);
    if (raced) return growingFileOf(raced);
    await insertGrowing(tx, run, { path: append.path, growingId: id, at });
    await recordEvent(tx, at, run, { kind: "artifact.added", path: append.path });
    if (alias !== undefined) await insertAlias(tx, run, { path: alias, of: append.path, at });
    return { id, closed: false };
  });
  nudges.nudge(topics.events);
  return owner;
}

function growingFileOf(row: ArtifactRow): GrowingFile {
  if (row.growingId !== null) return { id: row.growingId, closed: !row.growing };
  throw new Refused(
    "immutable",
    row.aliasOf === null
      ? `${row.path} is a whole file; nothing can be appended to it`
      : `${row.path} is another name of ${row.aliasOf}; append to that`,
    "append under another name, or replace the file as a whole",
  );
}

/** The bytes from `start` on, as they come, until the file can grow no more. */
export async function* followGrowing(
  { growing, nudges }: ServerContext,
  id: string,
  start: number,
  end: number,
  stillGrows: () => Promise<boolean>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let position = start;
  while (position < end && !signal.aborted) {
    const count = nudges.count(topics.growth(id));
    // Asked before reading: what came before the end is then read after it.
    const grows = await stillGrows();
    for await (const chunk of growing.read(id, position, end)) {
      position += chunk.byteLength;
      yield chunk;
    }
    if (!grows) return;
    if (position < (await growing.size(id)).sizeBytes) continue;
    // The time-out finds a run that ended without closing its file.
    await nudges.wait(topics.growth(id), count, 2000, signal);
  }
}

export async function sizeOf({ growing }: Pick<ServerContext, "growing">, row: ArtifactRow): Promise<number> {
  if (row.growingId === null || !row.growing) return row.sizeBytes;
  return (await growing.size(row.growingId)).sizeBytes;
}

/** Makes what has been written durable and says so in the store. Called now and then. */
export async function syncGrowing({ growing, store }: ServerContext): Promise<void> {
  for (const id of await growing.unsynced()) {
    const sizeBytes = await growing.sync(id);
    await store.write((tx) => setDurableSize(tx, id, sizeBytes));
  }
}

/** After a crash only what is known to be durable counts; the agents send the rest again. */
export async function cutBackGrowing({
  growing,
  store,
}: Pick<ServerContext, "growing" | "store">): Promise<void> {
  for (const file of await unfinishedGrowing(store.db)) await growing.cutBack(file.growingId, file.sizeBytes);
}
