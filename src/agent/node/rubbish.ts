// Folders of attempts that are over: out of the way at once, and removed when no further ones come or when they are many.
// While the next attempts create and sync their files, a file system has better things to do.
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, statfsSync } from "node:fs";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import type { Clock } from "../../lib/clock.ts";
import { describeError } from "../../lib/log.ts";
import type { Log } from "../../lib/log.ts";
import { startLoop } from "../../lib/loop.ts";

export interface Rubbish {
  /** The folder is not there any more when this returns; that it was not there before is no harm. */
  take(path: string): void;
  /** Once its signal is aborted. What waits then is left to the next agent, so that this one is not kept. */
  readonly ended: Promise<void>;
}

export interface RubbishOptions {
  /** Where they wait, on the same file system. What an agent before this one left there goes as well. */
  folder: string;
  clock: Clock;
  log: Log;
  signal: AbortSignal;
  /** Without another one for so long they go. */
  idleMs?: number;
  /** How many may wait. */
  most?: number;
}

/** So much of the disk may wait. */
const mostBytes = 1 << 30;
/** Removed by one `rm`, which an agent that leaves waits for. */
const foldersAtOnce = 50;

export function createRubbish(options: RubbishOptions): Rubbish {
  const { folder, clock, log, signal, idleMs = 3000, most = 1000 } = options;
  let waiting = existsSync(folder) ? readdirSync(folder) : [];
  let taken = 0;
  let takenBefore = 0;
  /** Of the disk, when the first of them came. */
  let freeBytes: number | undefined;

  const isTooMuch = () =>
    waiting.length >= most || (freeBytes !== undefined && freeBytes - freeNow(folder) > mostBytes);

  async function empty(): Promise<void> {
    freeBytes = undefined;
    while (waiting.length > 0 && !signal.aborted) {
      const names = waiting.slice(0, foldersAtOnce);
      waiting = waiting.slice(foldersAtOnce);
      await promisify(execFile)("rm", ["-rf", "--", ...names], { cwd: folder });
    }
  }

  const loop = startLoop(
    async () => {
      const isIdle = taken === takenBefore;
      takenBefore = taken;
      if (waiting.length > 0 && (isIdle || isTooMuch())) await empty();
    },
    {
      clock,
      signal,
      everyMs: idleMs,
      onError: (error) => log.warn("some folders would not go", { error: describeError(error) }),
    },
  );

  return {
    take(path) {
      if (!existsSync(path)) return;
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      freeBytes ??= freeNow(folder);
      const name = basename(path);
      renameSync(path, join(folder, name));
      waiting.push(name);
      taken += 1;
      if (isTooMuch()) loop.nudge();
    },
    ended: loop.ended,
  };
}

const freeNow = (folder: string): number => {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
};
