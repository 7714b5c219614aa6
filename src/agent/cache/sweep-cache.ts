// Keeps the cache below its cap: what was not used for the longest time goes first, and never what somebody uses.
import { randomUUID } from "node:crypto";
import { lstatSync, renameSync, rmSync, statSync } from "node:fs";
import type { Stats } from "node:fs";
import { lstat, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";

export interface CacheFolders {
  blobs: string;
  trees: string;
  /** Small files that can be fetched again: manifests, and what is known of downloads. */
  notes: readonly string[];
}

export interface SweepLimits {
  capBytes: number;
  /** Milliseconds since the epoch: blobs used since then belong to an attempt that is being prepared. */
  protectedSince: number;
  /** When this process began: temporary files from before belong to nobody. */
  startedAt: number;
  isHeld(tree: string): boolean;
}

export interface Swept {
  /** What is left. */
  sizeBytes: number;
  freedBytes: number;
}

interface Blob {
  path: string;
  facts: Stats;
}

interface Candidate {
  usedAt: number;
  /** Returns how many bytes it freed. */
  remove(): Promise<number>;
}

export async function sweepCache(folders: CacheFolders, limits: SweepLimits): Promise<Swept> {
  await removeLeftovers(folders, limits.startedAt);
  const blobs = await findBlobs(folders.blobs);
  const candidates: Candidate[] = [];
  let sizeBytes = 0;
  for (const blob of blobs.values()) {
    sizeBytes += diskBytes(blob.facts);
    if (blob.facts.nlink === 1)
      candidates.push({ usedAt: blob.facts.atimeMs, remove: async () => removeBlob(blob, limits) });
  }
  for (const name of await names(folders.trees)) {
    const tree = join(folders.trees, name);
    const { usedAt, own, linked } = await lookAtTree(tree);
    sizeBytes += own;
    candidates.push({ usedAt, remove: () => removeTree(tree, name, own, linked) });
  }
  for (const folder of folders.notes) {
    for (const name of await names(folder)) {
      const path = join(folder, name);
      const facts = await lstat(path).catch(() => undefined);
      if (!facts) continue;
      sizeBytes += diskBytes(facts);
      candidates.push({
        usedAt: Math.max(facts.atimeMs, facts.mtimeMs),
        remove: async () => removeNote(path, facts),
      });
    }
  }

  let freedBytes = 0;
  // Some way below the cap, so that not every further byte means another sweep.
  const wanted = sizeBytes > limits.capBytes ? sizeBytes - limits.capBytes * 0.9 : 0;
  for (const candidate of candidates.sort((a, b) => a.usedAt - b.usedAt)) {
    if (freedBytes >= wanted) break;
    freedBytes += await candidate.remove();
  }
  return { sizeBytes: sizeBytes - freedBytes, freedBytes };

  /** Out of sight at once, so that nobody begins to use half of it; with the blobs that only it had. */
  async function removeTree(tree: string, name: string, own: number, linked: number[]): Promise<number> {
    if (limits.isHeld(name)) return 0;
    const gone = join(folders.trees, `.${randomUUID()}`);
    renameSync(tree, gone);
    await rm(gone, { recursive: true, force: true });
    let freed = own;
    for (const inode of linked) {
      const blob = blobs.get(inode);
      if (blob) freed += removeBlob(blob, limits);
    }
    return freed;
  }
}

/** Without waiting between the look and the deed. */
function removeBlob({ path, facts }: Blob, { protectedSince }: SweepLimits): number {
  const now = statSync(path, { throwIfNoEntry: false });
  if (!now || now.ino !== facts.ino || now.nlink > 1 || now.atimeMs >= protectedSince) return 0;
  rmSync(path, { force: true });
  return diskBytes(now);
}

function removeNote(path: string, facts: Stats): number {
  rmSync(path, { force: true });
  return diskBytes(facts);
}

/** Looks that do not wait are many times as fast; others get their turn in between. */
const looksPerTurn = 256;

const diskBytes = (facts: Stats): number => facts.blocks * 512;

async function findBlobs(root: string): Promise<Map<number, Blob>> {
  const found = new Map<number, Blob>();
  for (const shard of await names(root)) {
    if (!/^[0-9a-f]{2}$/.test(shard)) continue;
    for (const name of await names(join(root, shard))) {
      const path = join(root, shard, name);
      const facts = lstatSync(path, { throwIfNoEntry: false });
      if (facts?.isFile()) found.set(facts.ino, { path, facts });
    }
    await setImmediate();
  }
  return found;
}

/** `own` are the bytes that it does not share with the cache's blobs; `linked` the inodes of those that it does. */
async function lookAtTree(tree: string): Promise<{ usedAt: number; own: number; linked: number[] }> {
  const root = await lstat(tree).catch(() => undefined);
  const looked = { usedAt: root?.mtimeMs ?? 0, own: 0, linked: [] as number[] };
  let looks = 0;
  for (const entry of await readdir(tree, { recursive: true, withFileTypes: true }).catch(() => [])) {
    if (!entry.isFile()) continue;
    if (++looks % looksPerTurn === 0) await setImmediate();
    const facts = lstatSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false });
    if (!facts) continue;
    if (facts.nlink > 1) looked.linked.push(facts.ino);
    else looked.own += diskBytes(facts);
  }
  return looked;
}

/** What an agent was writing when it was killed. */
async function removeLeftovers({ blobs, trees }: CacheFolders, startedAt: number): Promise<void> {
  const paths = [
    ...(await hiddenNames(trees)).map((name) => join(trees, name)),
    ...(await names(blobs)).filter((name) => name.endsWith(".temp")).map((name) => join(blobs, name)),
  ];
  for (const path of paths) {
    const facts = await lstat(path).catch(() => undefined);
    if (facts && facts.ctimeMs < startedAt) await rm(path, { recursive: true, force: true });
  }
}

const everyName = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
const names = async (folder: string) => (await everyName(folder)).filter((name) => !name.startsWith("."));
const hiddenNames = async (folder: string) =>
  (await everyName(folder)).filter((name) => name.startsWith("."));
