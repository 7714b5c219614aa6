// What the kernel says about processes (/proc on Linux). Elsewhere only "is there such a pid" is known.
import { readdirSync, readFileSync } from "node:fs";

export interface ProcessFacts {
  pid: number;
  /** Z and X are dead; they only wait to be collected. */
  state: string;
  group: number;
  session: number;
  /** Clock ticks since the machine started: with the pid it names one process for as long as the machine is up. */
  startTicks: number;
}

export const ticksPerSecond = 100; // USER_HZ, the same on every Linux that Node runs on

export function readProcess(pid: number): ProcessFacts | undefined {
  const stat = readProc(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The name in parentheses may hold spaces and parentheses of its own.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return {
    pid,
    state: fields[0] ?? "",
    group: Number(fields[2]),
    session: Number(fields[3]),
    startTicks: Number(fields[19]),
  };
}

const isDead = (facts: ProcessFacts): boolean => facts.state === "Z" || facts.state === "X";

export function isAlive(pid: number): boolean {
  const facts = readProcess(pid);
  if (facts) return !isDead(facts);
  if (hasProc()) return false;
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** The variable that every process of an attempt inherits, whatever session or group it moves to. */
export const nonceVariable = "TRAINYARD_NONCE";

export const carriesNonce = (pid: number, nonce: string): boolean =>
  readProc(`/proc/${pid}/environ`)?.split("\0").includes(`${nonceVariable}=${nonce}`) ?? false;

/**
 * Every living process that carries the nonce or belongs to one of the sessions. One that is older than `sinceTicks`
 * is not looked into, which halves the cost on a busy machine.
 */
export function findProcesses(
  nonce: string,
  sessions: ReadonlySet<number>,
  sinceTicks: number,
): ProcessFacts[] {
  const found: ProcessFacts[] = [];
  for (const name of listProc()) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const facts = readProcess(pid);
    if (!facts || isDead(facts) || facts.startTicks < sinceTicks) continue;
    if (sessions.has(facts.session) || carriesNonce(pid, nonce)) found.push(facts);
  }
  return found;
}

/** Changes with every start of the machine; undefined where the kernel does not say. */
export const readBootId = (): string | undefined => readProc("/proc/sys/kernel/random/boot_id")?.trim();

/** The ticks of now, with a margin for what the kernel rounds. */
export const readTicks = (): number => ((readUptimeSeconds() ?? 0) - 1) * ticksPerSecond;

export function readUptimeSeconds(): number | undefined {
  const text = readProc("/proc/uptime");
  return text === undefined ? undefined : Number(text.split(" ")[0]);
}

/** How many processes the kernel has killed for want of memory since the machine started. */
export function readOomKills(): number | undefined {
  const match = /^oom_kill (\d+)$/m.exec(readProc("/proc/vmstat") ?? "");
  return match ? Number(match[1]) : undefined;
}

export const hasProc = (): boolean => readProc("/proc/self/stat") !== undefined;

function listProc(): string[] {
  try {
    return readdirSync("/proc");
  } catch {
    return [];
  }
}

function readProc(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined;
  }
}
