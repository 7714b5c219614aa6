// Of many commands that find no server at the same moment, one starts it and the others wait for it.
import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isAlive } from "./find-server.ts";

export type StartLock = { release: () => Promise<void> };

/** Undefined while another living process holds it. A holder that died leaves nothing to clean up by hand. */
export async function takeStartLock(home: string, pid = process.pid): Promise<StartLock | undefined> {
  const path = join(home, "start.lock");
  const mine = `${path}.${pid}`;
  try {
    await writeFile(mine, `${pid}\n`, { mode: 0o600 });
    for (;;) {
      // A link appears with its content, so nobody ever reads a half-written lock.
      if (await tryLink(mine, path)) return { release: () => rm(path, { force: true }) };
      const holder = await readHolder(path);
      if (holder === undefined) continue;
      if (isAlive(holder)) return undefined;
      await breakLock(path, holder, pid);
    }
  } finally {
    await rm(mine, { force: true });
  }
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (isCode(error, "EEXIST")) return false;
    throw error;
  }
}

async function readHolder(path: string): Promise<number | undefined> {
  try {
    return Number.parseInt(await readFile(path, "utf8"), 10);
  } catch (error) {
    if (isCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

/** Renaming first, because two processes that both saw the dead holder must not remove a third one's new lock. */
async function breakLock(path: string, dead: number, pid: number): Promise<void> {
  const aside = `${path}.stale.${pid}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (isCode(error, "ENOENT")) return;
    throw error;
  }
  if ((await readHolder(aside)) !== dead) await tryLink(aside, path);
  await rm(aside, { force: true });
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && "code" in error && error.code === code;
