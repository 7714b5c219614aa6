// Storage care: finds what no run, job, asset or model names any more, and removes it when nobody has used it lately.
//
// What is named is looked up once, at the beginning. Whoever names a file afterwards heard from this server that it is
// there, and that counts as a use; so what was not used since well before the beginning cannot be named meanwhile.
import type { Blobs, SweptBlobs } from "../../blobs/blobs.ts";
import { Refused } from "../../core/refused.ts";
import type { SnapshotManifest } from "../../core/snapshot.ts";
import { unnamedGrowing } from "../../store/artifacts.ts";
import { deleteArchived } from "../../store/delete-archived.ts";
import type { Deleted } from "../../store/delete-archived.ts";
import { namedHashes } from "../../store/named-hashes.ts";
import { forgetSnapshots, listSnapshots } from "../../store/snapshots.ts";
import type { Db } from "../../store/store.ts";
import { describeError } from "../../lib/log.ts";
import type { ServerContext } from "../context.ts";
import { readManifest } from "./read-manifest.ts";

export interface CollectOptions {
  /** How long something has to be unused. */
  graceMs: number;
  /** Also delete for good what was archived longer ago than this. */
  deleteArchivedMs?: number | undefined;
  /** Only tells what would go. */
  dryRun: boolean;
  signal?: AbortSignal;
}

export interface Collected extends SweptBlobs {
  /** Lists of files that nobody names any more. */
  snapshots: number;
  deleted: Deleted;
}

export type CollectContext = Pick<ServerContext, "store" | "blobs" | "growing" | "clock">;

export async function collectGarbage(context: CollectContext, options: CollectOptions): Promise<Collected> {
  const now = context.clock.now();
  const unusedSince = now - options.graceMs;
  const deleted =
    options.deleteArchivedMs === undefined
      ? { runs: 0, models: 0, experiments: 0 }
      : await deleteArchived(context.store, now - options.deleteArchivedMs, options.dryRun);
  const { named, snapshots } = await findNamed(context, unusedSince, options);
  const swept = await context.blobs.sweep({
    isNamed: (hash) => named.has(asKey(hash)),
    unusedSince,
    dryRun: options.dryRun,
    ...(options.signal && { signal: options.signal }),
  });
  await sweepGrowing(context, unusedSince, options.dryRun, swept);
  return { ...swept, snapshots, deleted };
}

const pageSize = 500;

const firstAfterMs = 15 * 60_000;
const everyMs = 6 * 3600_000;

/** Now and then, until the server ends. */
export async function collectForEver(context: ServerContext): Promise<void> {
  const { clock, config, ending, log } = context;
  if (config.gcHours === 0) return;
  for (let waitMs = firstAfterMs; ; waitMs = everyMs) {
    await clock.sleep(waitMs, ending);
    if (ending.aborted) return;
    try {
      const options = { graceMs: config.gcHours * 3600_000, dryRun: false, signal: ending };
      const { removed } = await collectGarbage(context, options);
      if (removed.blobs > 0) log.info("removed what nothing names any more", { ...removed });
    } catch (error) {
      if (!ending.aborted) log.error("storage could not be tidied", { error: describeError(error) });
    }
  }
}

/** Half as long as the hash's digits, since there may be millions. */
const asKey = (hash: string): string => Buffer.from(hash, "hex").toString("latin1");

async function findNamed(
  { store, blobs }: CollectContext,
  unusedSince: number,
  { dryRun, signal }: CollectOptions,
): Promise<{ named: Set<string>; snapshots: number }> {
  const named = new Set<string>();
  for await (const hash of namedHashes(store.db, signal)) named.add(asKey(hash));
  const forgotten = new Set<string>();
  for await (const { id, usedAt } of allSnapshots(store.db)) {
    if (!named.has(asKey(id)) && usedAt < unusedSince) forgotten.add(id);
  }
  if (!dryRun && forgotten.size > 0) {
    await store.write((tx) => forgetSnapshots(tx, [...forgotten], unusedSince));
  }
  // One that was used in this moment is still in the list.
  for await (const { id } of allSnapshots(store.db)) {
    signal?.throwIfAborted();
    if (dryRun && forgotten.has(id)) continue;
    named.add(asKey(id));
    for (const { hash } of (await filesOf(blobs, id)).files) named.add(asKey(hash));
  }
  return { named, snapshots: forgotten.size };
}

/** A list that cannot be read may name anything. */
async function filesOf(blobs: Blobs, snapshot: string): Promise<SnapshotManifest> {
  try {
    return await readManifest(blobs, snapshot);
  } catch (error) {
    throw new Refused(
      "conflict",
      `the list of files of snapshot ${snapshot} cannot be read, so nothing was removed: ${describeError(error)}`,
      "restore that file from a backup, or send the same code or data again",
    );
  }
}

async function* allSnapshots(db: Db): AsyncGenerator<{ id: string; usedAt: number }> {
  for (let after = ""; ;) {
    const page = await listSnapshots(db, after, pageSize);
    yield* page;
    if (page.length < pageSize) return;
    after = page.at(-1)!.id;
  }
}

/** Logs whose artifact was removed by a server that did not live to remove the bytes. */
async function sweepGrowing(
  { store, growing }: CollectContext,
  unusedSince: number,
  dryRun: boolean,
  { removed }: SweptBlobs,
): Promise<void> {
  const found = await Array.fromAsync(growing.unusedSince(unusedSince));
  for (let at = 0; at < found.length; at += pageSize) {
    const page = new Map(found.slice(at, at + pageSize).map(({ id, sizeBytes }) => [id, sizeBytes]));
    for (const id of await unnamedGrowing(store.db, [...page.keys()])) {
      removed.blobs += 1;
      removed.sizeBytes += page.get(id)!;
      if (!dryRun) await growing.remove(id);
    }
  }
}
