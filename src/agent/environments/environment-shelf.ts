// Keeps the built environments below a cap: what was not used for the longest time goes first, and never what an
// attempt uses.
import { randomUUID } from "node:crypto";
import { existsSync, lstatSync, renameSync } from "node:fs";
import { readdir, rm, stat, statfs, utimes } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { z } from "zod";
import { agentLayout } from "../../core/home.ts";
import type { Clock } from "../../lib/clock.ts";
import { describeError } from "../../lib/log.ts";
import type { Log } from "../../lib/log.ts";
import { createAttemptHolds } from "../cache/attempt-holds.ts";
import { createSharedWork } from "../cache/shared-work.ts";
import { readState, writeState } from "../node/state-file.ts";

export interface EnvironmentShelf {
  /** `agents/<name>/environments` below the home folder. */
  folder: string;
  /** From now on, and until the attempt's folder goes, the environment of this hash stays. */
  hold(attemptFolder: string, hash: string): Promise<void>;
  /** Calls `remove` unless an attempt uses what has this name, or it is being built; `hold` waits for its end. */
  removeUnused(hash: string, remove: () => Promise<boolean>): Promise<boolean>;
  capBytes(): Promise<number>;
  /** Makes room when there is more than the cap. Never fails. */
  tidy(): Promise<void>;
}

export interface EnvironmentShelfOptions {
  /** `agents/<name>` below the home folder. */
  agentFolder: string;
  /** Undefined: 50 GiB, or a fifth of the disk when that is less. */
  capBytes: number | undefined;
  clock: Clock;
  log: Log;
}

interface Built {
  hash: string;
  usedAt: number;
  sizeBytes: number;
}

const usualCapBytes = 50 * 2 ** 30;
const isEnvironment = (name: string): boolean => /^[0-9a-f]{20}$/.test(name);
const leaving = ".leaving-";

export function createEnvironmentShelf({
  agentFolder,
  capBytes,
  clock,
  log,
}: EnvironmentShelfOptions): EnvironmentShelf {
  const folder = join(agentFolder, agentLayout.environments);
  const startedAt = clock.now();
  const holds = createAttemptHolds(join(agentFolder, agentLayout.attempts), "environments.json");
  const once = createSharedWork();
  const removals = new Map<string, Promise<unknown>>();
  /** A job that takes none from here leaves nothing to tidy. */
  let isDue = true;
  const readCap = async () => capBytes ?? Math.min(usualCapBytes, (await diskSize(folder)) / 5);

  async function sweep(): Promise<void> {
    if (!isDue) return;
    isDue = false;
    const names = await readdir(folder).catch(() => []);
    for (const name of names.filter((name) => name.startsWith(leaving)))
      await removeFolder(join(folder, name));
    await holds.refresh();
    const built: Built[] = [];
    for (const hash of names.filter(isEnvironment)) {
      const found = await lookAt(join(folder, hash), hash);
      if (found) built.push(found);
      else await removeFailed(hash);
    }
    const cap = await readCap();
    let sizeBytes = built.reduce((sum, each) => sum + each.sizeBytes, 0);
    if (sizeBytes <= cap) return;
    // Some way below the cap, so that not every further environment means another removal.
    for (const { hash, sizeBytes: freed } of built.sort((a, b) => a.usedAt - b.usedAt)) {
      if (sizeBytes <= cap * 0.9) break;
      if (!(await remove(hash))) continue;
      sizeBytes -= freed;
      log.info("removed an environment that was not used for the longest time", { hash, freedBytes: freed });
    }
    if (sizeBytes > cap) {
      isDue = true;
      log.warn("the environments take more than their cap, and all of them are in use", {
        sizeBytes,
        capBytes: cap,
      });
    }
  }

  /** Out of sight at once, so that nobody begins to use half of it. */
  async function remove(hash: string): Promise<boolean> {
    if (holds.isHeld(hash) || existsSync(join(folder, `${hash}.lock`))) return false;
    const gone = join(folder, `${leaving}${randomUUID()}`);
    renameSync(join(folder, hash), gone);
    await removeFolder(gone);
    return true;
  }

  /** What a build left that an agent before this one did not end. */
  async function removeFailed(hash: string): Promise<void> {
    const facts = await stat(join(folder, hash)).catch(() => undefined);
    if (facts && facts.ctimeMs < startedAt) await remove(hash);
  }

  return {
    folder,
    async hold(attemptFolder, hash) {
      isDue = true;
      await holds.hold(attemptFolder, hash);
      await removals.get(hash);
      const seconds = clock.now() / 1000;
      // The time of its last use. It may not be built yet.
      await utimes(join(folder, hash, "complete.json"), seconds, seconds).catch(() => {});
    },
    async removeUnused(hash, remove) {
      await holds.refresh();
      if (holds.isHeld(hash) || existsSync(join(folder, `${hash}.lock`))) return false;
      const removal = remove().finally(() => removals.delete(hash));
      removals.set(
        hash,
        removal.catch(() => false),
      );
      return removal;
    },
    capBytes: readCap,
    tidy: () =>
      once("sweep", new AbortController().signal, sweep).catch((error: unknown) => {
        log.warn("the environments could not be tidied", { error: describeError(error) });
      }),
  };
}

const sizeSchema = z.object({ sizeBytes: z.number() });

/** Undefined when it is not whole. It does not change once it is, so it is measured once. */
async function lookAt(path: string, hash: string): Promise<Built | undefined> {
  const complete = await stat(join(path, "complete.json")).catch(() => undefined);
  if (!complete) return undefined;
  const sizeFile = join(path, "size.json");
  const known = await readState(sizeFile, sizeSchema);
  if (known) return { hash, usedAt: complete.mtimeMs, ...known };
  const sizeBytes = await measure(path);
  await writeState(sizeFile, { sizeBytes });
  return { hash, usedAt: complete.mtimeMs, sizeBytes };
}

/** Without what it shares with a builder's own cache: removing it would free nothing of that. */
async function measure(path: string): Promise<number> {
  let sum = 0;
  let looks = 0;
  for (const entry of await readdir(path, { recursive: true, withFileTypes: true })) {
    if (++looks % 256 === 0) await setImmediate();
    const facts = lstatSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false });
    if (facts && (entry.isDirectory() || facts.nlink === 1)) sum += facts.blocks * 512;
  }
  return sum;
}

const removeFolder = (path: string): Promise<void> =>
  rm(path, { recursive: true, force: true, maxRetries: 3 });

async function diskSize(path: string): Promise<number> {
  const { blocks, bsize } = await statfs(path);
  return blocks * bsize;
}
