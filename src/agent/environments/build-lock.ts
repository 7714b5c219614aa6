// One build at a time: a lock that any process on any machine sharing the folder can take, and take over from the dead.
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import type { Clock } from "../../lib/clock.ts";

/** A process that a later one can tell from another with the same number. */
export interface ProcessIdentity {
  host: string;
  pid: number;
  /** When it started, in whatever words the system has for it. */
  started: string;
}

export interface BuildLock {
  token: string;
  /** May be called twice. */
  release(): Promise<void>;
}

export interface LockContext {
  clock: Clock;
  /** Called at every look at a lock that another holds, with that lock's token. */
  onWait: (token: string) => Promise<void>;
  signal: AbortSignal;
}

const lookEveryMs = 150;
const beatEveryMs = 10_000;
/** Only for holders on other machines, whose processes cannot be seen from here. */
const silentForMs = 90_000;

/** Waits until the lock is ours. Rejects with the signal's reason when canceled. */
export async function lockBuild(path: string, context: LockContext): Promise<BuildLock> {
  const token = randomBytes(4).toString("hex");
  const watch = createBeatWatch(context.clock);
  for (;;) {
    context.signal.throwIfAborted();
    if (await tryLock(path, token)) return holdLock(path, token, context.clock);
    const holder = await readHolder(path);
    if (!holder) continue;
    if (await isDead(path, holder, watch)) {
      await takeAway(path, holder.token);
      continue;
    }
    await context.onWait(holder.token);
    await context.clock.sleep(lookEveryMs, context.signal);
  }
}

interface Holder extends ProcessIdentity {
  token: string;
}

/** A folder moved onto a full one is refused, so a lock appears whole, with its holder's name in it, or not at all. */
async function tryLock(path: string, token: string): Promise<boolean> {
  const draft = `${path}.draft-${token}`;
  await mkdir(draft, { recursive: true });
  await writeFile(join(draft, "holder.json"), JSON.stringify({ token, ...identify(process.pid) }));
  try {
    await rename(draft, path);
    return true;
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (isCode(error, "ENOTEMPTY", "EEXIST")) return false;
    throw error;
  }
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    const { token, host, pid, started } = JSON.parse(await readFile(join(path, "holder.json"), "utf8"));
    return { token: String(token), host: String(host), pid: Number(pid), started: String(started) };
  } catch (error) {
    if (isCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

async function isDead(path: string, holder: Holder, watch: BeatWatch): Promise<boolean> {
  if (holder.host === hostname()) return !isAlive(holder);
  const beat = await stat(join(path, "holder.json")).catch(() => undefined);
  return beat !== undefined && watch.silentMs(holder.token, beat.mtimeMs) > silentForMs;
}

interface BeatWatch {
  silentMs(token: string, beat: number): number;
}

/** Measures silence by our own clock, because the other machine's may be wrong. */
function createBeatWatch(clock: Clock): BeatWatch {
  let last = { key: "", since: 0 };
  return {
    silentMs(token, beat) {
      const key = `${token} ${beat}`;
      if (key !== last.key) last = { key, since: clock.elapsed() };
      return clock.elapsed() - last.since;
    },
  };
}

/**
 * Of several that find the same dead holder, one succeeds: the name it moves to is made from the holder's token and
 * stays taken, so a slower one cannot move away the lock that the quicker one has taken since.
 */
async function takeAway(path: string, token: string): Promise<void> {
  try {
    await rename(path, `${path}.dead-${token}`);
  } catch (error) {
    if (!isCode(error, "ENOENT", "ENOTEMPTY", "EEXIST")) throw error;
  }
}

function holdLock(path: string, token: string, clock: Clock): BuildLock {
  const released = new AbortController();
  const beating = beat(join(path, "holder.json"), clock, released.signal);
  return {
    token,
    async release() {
      if (released.signal.aborted) return;
      released.abort();
      await beating;
      const holder = await readHolder(path);
      if (holder?.token !== token) return;
      // Moved first: a removal that is seen half done would look like a lock without a holder.
      const away = `${path}.draft-${token}`;
      await rename(path, away);
      await rm(away, { recursive: true, force: true });
    },
  };
}

async function beat(file: string, clock: Clock, signal: AbortSignal): Promise<void> {
  for (;;) {
    await clock.sleep(beatEveryMs, signal);
    if (signal.aborted) return;
    const now = new Date(clock.now());
    await utimes(file, now, now).catch(() => {});
  }
}

export const identify = (pid: number): ProcessIdentity => ({
  host: hostname(),
  pid,
  started: startOf(pid) ?? "",
});

/** Only for processes of this machine. */
export const isAlive = ({ pid, started }: ProcessIdentity): boolean => startOf(pid) === started;

/** Undefined when there is no such process. */
function startOf(pid: number): string | undefined {
  try {
    if (process.platform !== "linux") {
      return (
        execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim() || undefined
      );
    }
    // The name in the second field may hold spaces and parentheses; the start is the 20th field after it.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    const [state] = fields;
    return state === "Z" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

export const isCode = (error: unknown, ...codes: string[]): boolean =>
  error instanceof Error && "code" in error && codes.includes(String(error.code));
