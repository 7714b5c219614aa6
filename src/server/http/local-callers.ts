// Who is this user on this machine: somebody who can make a file in the home folder, which is private to its user. A
// token alone does not show that, and whoever may have the server read any file has to be the one it reads as.
import { lstat, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { homeLayout } from "../../core/home.ts";
import { Refused } from "../../core/refused.ts";

/** An upload that runs longer than this goes on with its bytes in requests. */
const longestMs = 24 * 3600_000;

export async function checkLocalCaller(home: string, caller: string): Promise<void> {
  const folder = join(home, homeLayout.callers);
  if ((await isOwn(folder, "folder")) && (await isOwn(join(folder, caller), "file"))) return;
  throw new Refused(
    "forbidden",
    `There is no file ${caller} in the folder ${homeLayout.callers} of the server's home.`,
    "Only its own user on its own machine may have the server read files. Send them: POST /api/v1/blobs.",
  );
}

/** What `path` itself is, never what a link leads to. */
async function isOwn(path: string, kind: "file" | "folder"): Promise<boolean> {
  const stats = await lstat(path).catch(() => undefined);
  const isKind = kind === "file" ? stats?.isFile() : stats?.isDirectory();
  return isKind === true && stats?.uid === process.getuid?.();
}

/** Removes what killed uploads left behind. */
export async function sweepLocalCallers(home: string, now: number): Promise<void> {
  const folder = join(home, homeLayout.callers);
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const stats = await lstat(path).catch(() => undefined);
    if (stats && now - stats.mtimeMs > longestMs) await rm(path, { recursive: true, force: true });
  }
}
