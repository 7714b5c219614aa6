// A file below a download folder, whole or not at all. One that has these bytes already is left as it is.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat, mkdir, open, rename, rm, stat } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { CommandFailed } from "../fail.ts";

/** `fill` writes the content to the file it is given; what it throws leaves nothing behind. */
export async function writeWhole(
  target: string,
  fill: (file: FileHandle, path: string) => Promise<void>,
): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const part = join(dirname(target), `.${basename(target)}.${process.pid}.part`);
  try {
    {
      await using file = await open(part, "w");
      await fill(file, part);
    }
    await rename(part, target);
  } finally {
    await rm(part, { force: true });
  }
}

export async function hasBytes(target: string, sizeBytes: number, hash: string): Promise<boolean> {
  const known = await stat(target).catch(() => undefined);
  if (!known?.isFile() || known.size !== sizeBytes) return false;
  const digest = createHash("sha256");
  for await (const bytes of createReadStream(target)) digest.update(bytes);
  return digest.digest("hex") === hash;
}

/**
 * Refuses a path on which a link leads out of the folder: the names come from a server, and what lies here may have
 * been put here by anyone.
 */
export async function refuseLinks(folder: string, path: string): Promise<void> {
  let at = folder;
  for (const part of path.split("/").slice(0, -1)) {
    at = join(at, part);
    const known = await lstat(at).catch(() => undefined);
    if (known === undefined || known.isDirectory()) continue;
    const what = known.isSymbolicLink() ? "a link" : "no folder";
    throw new CommandFailed(`${at} is ${what}, and ${path} would be written through it`, {
      hint: "Remove it, or choose another folder with --download-path.",
    });
  }
}
