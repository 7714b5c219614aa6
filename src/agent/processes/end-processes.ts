// Ends every process of an attempt: TERM, a grace period, KILL, until none is left, wherever they moved to.
import type { Clock } from "../../lib/clock.ts";
import { carriesNonce, findProcesses, hasProc, isAlive } from "./process-table.ts";
import type { Since } from "./process-table.ts";

export interface EndingOptions {
  nonce: string;
  /** The wrappers' pids. They are spared: they end by themselves and write down how it went. */
  wrappers: readonly number[];
  graceMs: number;
  /** No process of the attempt is older. */
  since: Since;
  clock: Clock;
  signal: AbortSignal;
}

/** How long processes may take to go after KILL; one in an uninterruptible read may take for ever. */
const killPatienceMs = 10_000;

/** Returns how many were found, and the pids of those that would not go. */
export async function endProcesses(options: EndingOptions): Promise<{ found: number; left: number[] }> {
  const first = findUserProcesses(options);
  if (first.length === 0) return { found: 0, left: [] };
  signalAll(first, "SIGTERM");
  await waitUntilGone(options, options.graceMs, () => {});
  const left = await waitUntilGone(options, killPatienceMs, (pids) => signalAll(pids, "SIGKILL"));
  return { found: first.length, left };
}

function findUserProcesses({ nonce, wrappers, since }: EndingOptions): number[] {
  const spared = new Set(wrappers);
  if (!hasProc()) return wrappers.filter(isAlive).map((pid) => -pid);
  // A dead wrapper's pid may name somebody else's session by now.
  const sessions = new Set(wrappers.filter((pid) => !isAlive(pid) || carriesNonce(pid, nonce)));
  return findProcesses(nonce, sessions, since)
    .map((facts) => facts.pid)
    .filter((pid) => !spared.has(pid));
}

/** Looks again and again, because a process may start others while it is being ended. */
async function waitUntilGone(
  options: EndingOptions,
  patienceMs: number,
  push: (pids: number[]) => void,
): Promise<number[]> {
  const { clock, signal } = options;
  const begun = clock.elapsed();
  for (let pauseMs = 2; ; pauseMs = Math.min(100, pauseMs * 2)) {
    const pids = findUserProcesses(options);
    if (pids.length === 0 || clock.elapsed() - begun >= patienceMs) return pids;
    push(pids);
    await clock.sleep(pauseMs, signal);
    signal.throwIfAborted();
  }
}

function signalAll(pids: number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // It was quicker.
    }
  }
}
