// Every file below a folder, links followed where that is safe, with a word about whatever had to be left out.
import { readdirSync } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { isSafePath } from "../../core/snapshot.ts";

export interface FoundFile {
  /** Absolute. */
  path: string;
  /** Relative to the folder, `/` between parts. */
  name: string;
  sizeBytes: number;
  inode: number;
}

export interface Walk {
  files: FoundFile[];
  folders: string[];
  /** What was left out or is unusual, in words. */
  remarks: string[];
}

export async function walkFiles(root: string): Promise<Walk> {
  const walk: Walk = { files: [], folders: [], remarks: [] };
  // Most are: one call says so.
  if (isEmptyFolder(root)) return { ...walk, folders: [root] };
  const realRoot = await realpath(root).catch(() => undefined);
  if (realRoot === undefined) return walk;
  await walkFolder(walk, { path: root, name: "", realRoot, ancestors: [realRoot] });
  walk.files.sort((a, b) => (a.name < b.name ? -1 : 1));
  return walk;
}

function isEmptyFolder(path: string): boolean {
  try {
    return readdirSync(path).length === 0;
  } catch {
    return false;
  }
}

interface Place {
  path: string;
  name: string;
  realRoot: string;
  /** The real paths of this folder and those above: a link back to one of them is a loop. */
  ancestors: string[];
}

async function walkFolder(walk: Walk, place: Place): Promise<void> {
  walk.folders.push(place.path);
  const entries = await readdir(place.path, { withFileTypes: true }).catch((error: Error) => {
    walk.remarks.push(`${place.name}/ left out: ${error.message}`);
    return [];
  });
  for (const entry of entries) {
    const path = join(place.path, entry.name);
    const name = place.name === "" ? entry.name : `${place.name}/${entry.name}`;
    // A name that is not UTF-8 comes with replacement characters and cannot be opened by it.
    if (!isSafePath(name) || name.includes("\uFFFD")) {
      walk.remarks.push(`${JSON.stringify(name)} left out: no artifact may have such a name`);
    } else if (entry.isDirectory())
      await walkFolder(walk, { ...place, path, name, ancestors: [...place.ancestors, await realpath(path)] });
    else if (entry.isFile()) await addFile(walk, path, name);
    else if (entry.isSymbolicLink()) await followLink(walk, place, path, name);
    else walk.remarks.push(`${name} left out: neither a file nor a folder`);
  }
}

async function addFile(walk: Walk, path: string, name: string): Promise<void> {
  const facts = await stat(path).catch(() => undefined);
  if (facts) walk.files.push({ path, name, sizeBytes: facts.size, inode: facts.ino });
}

async function followLink(walk: Walk, place: Place, path: string, name: string): Promise<void> {
  const target = await realpath(path).catch(() => undefined);
  const facts = target === undefined ? undefined : await stat(target).catch(() => undefined);
  if (target === undefined || !facts) {
    walk.remarks.push(`${name} left out: a link to nothing`);
    return;
  }
  const isInside = target === place.realRoot || target.startsWith(`${place.realRoot}/`);
  if (facts.isFile()) {
    if (!isInside) walk.remarks.push(`${name} is a link to a file elsewhere; the file it leads to was taken`);
    await addFile(walk, path, name);
  } else if (!facts.isDirectory()) {
    walk.remarks.push(`${name} left out: a link to neither a file nor a folder`);
  } else if (!isInside) {
    walk.remarks.push(`${name} left out: a link to a folder elsewhere`);
  } else if (place.ancestors.includes(target)) {
    walk.remarks.push(`${name} left out: a link to a folder that it lies in`);
  } else {
    await walkFolder(walk, { ...place, path, name, ancestors: [...place.ancestors, target] });
  }
}
