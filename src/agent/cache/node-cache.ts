// What this node keeps for all its attempts: bytes by content, and trees made of them that many read and nobody writes.
import { mkdirSync } from "node:fs";
import { statfs, utimes } from "node:fs/promises";
import { join } from "node:path";
import { agentLayout } from "../../core/home.ts";
import type { Clock } from "../../lib/clock.ts";
import { describeError } from "../../lib/log.ts";
import type { Log } from "../../lib/log.ts";
import type { Caller } from "../node/server-link.ts";
import { createAttemptHolds } from "./attempt-holds.ts";
import { createBlobCache } from "./blob-cache.ts";
import type { BlobCache } from "./blob-cache.ts";
import { createKnownFiles } from "./known-files.ts";
import type { KnownFiles } from "./known-files.ts";
import { copyTree, shareTree } from "./lay-out-tree.ts";
import { createSharedWork } from "./shared-work.ts";
import type { SharedWork } from "./shared-work.ts";
import { createSnapshotSource } from "./snapshot-source.ts";
import type { SnapshotSource } from "./snapshot-source.ts";
import { sweepCache } from "./sweep-cache.ts";
import type { Tree } from "./tree.ts";

export interface NodeCache {
  blobs: BlobCache;
  known: KnownFiles;
  snapshots: SnapshotSource;
  once: SharedWork;
  /** Writes the tree into an empty folder of the caller's own. */
  copy(tree: Tree, target: string, signal: AbortSignal): Promise<void>;
  /** The path of the tree, read-only and shared, which stays while the attempt's folder is there. */
  share(tree: Tree, attemptFolder: string, signal: AbortSignal): Promise<string>;
  /** To be held while an attempt is prepared: what it has just fetched stays meanwhile. */
  protect(): Disposable;
  /** Makes room when there is more than the cap. Begins when it is called, and never fails. */
  tidy(): Promise<void>;
}

export interface NodeCacheOptions {
  /** `agents/<name>` below the home folder. */
  folder: string;
  /** Undefined: 50 GiB, or a fifth of the disk when that is less. */
  capBytes: number | undefined;
  call: Caller;
  clock: Clock;
  log: Log;
}

const usualCapBytes = 50 * 2 ** 30;
/** File times may lag a little behind the clock. */
const slackMs = 1000;

export function createNodeCache({ folder, capBytes, call, clock, log }: NodeCacheOptions): NodeCache {
  const startedAt = clock.now();
  const folders = {
    blobs: join(folder, agentLayout.blobs),
    trees: join(folder, agentLayout.trees),
    notes: [join(folder, agentLayout.manifests), join(folder, agentLayout.known)],
  };
  const blobs = createBlobCache(folders.blobs, () => clock.now());
  const users = createAttemptHolds(join(folder, agentLayout.attempts), "trees.json");
  const once = createSharedWork();
  const preparing = new Map<symbol, number>();
  /** As of the last sweep, and what came since then; nothing is known before the first. */
  let sizeBytes: number | undefined;
  let cap = capBytes;

  async function sweep(): Promise<void> {
    cap ??= Math.min(usualCapBytes, (await diskSize(folder)) / 5);
    const added = blobs.takeAdded();
    if (sizeBytes !== undefined && sizeBytes + added <= cap) {
      sizeBytes += added;
      return;
    }
    await users.refresh();
    const swept = await sweepCache(folders, {
      capBytes: cap,
      protectedSince: Math.min(clock.now(), ...preparing.values()) - slackMs,
      startedAt,
      isHeld: (tree) => users.isHeld(tree),
    });
    sizeBytes = swept.sizeBytes;
    if (swept.freedBytes > 0) log.info("made room in the cache", { ...swept, capBytes: cap });
    if (swept.sizeBytes > cap) {
      log.warn("the cache is larger than its cap, and all of it is in use", { ...swept, capBytes: cap });
    }
  }

  return {
    blobs,
    known: createKnownFiles(join(folder, agentLayout.known)),
    snapshots: createSnapshotSource(join(folder, agentLayout.manifests), blobs, call, once),
    once,

    async copy(tree, target, signal) {
      mkdirSync(blobs.folder, { recursive: true, mode: 0o700 });
      await copyTree(tree, target, blobs, signal);
    },

    async share(tree, attemptFolder, signal) {
      const path = join(folders.trees, tree.id);
      await users.hold(attemptFolder, tree.id);
      mkdirSync(blobs.folder, { recursive: true, mode: 0o700 });
      await once(`tree ${tree.id}`, signal, (stop) => shareTree(tree, path, blobs, stop));
      // The time of its last use.
      const seconds = clock.now() / 1000;
      await utimes(path, seconds, seconds);
      return path;
    },

    protect() {
      const key = Symbol("preparing");
      preparing.set(key, clock.now());
      return { [Symbol.dispose]: () => void preparing.delete(key) };
    },

    tidy: () =>
      once("sweep", new AbortController().signal, sweep).catch((error: unknown) => {
        log.warn("the cache could not be tidied", { error: describeError(error) });
      }),
  };
}

async function diskSize(path: string): Promise<number> {
  const { blocks, bsize } = await statfs(path);
  return blocks * bsize;
}
