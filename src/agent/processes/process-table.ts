// What the kernel says about processes (/proc on Linux). Elsewhere only "is there such a pid" is known.
import { closeSync, openSync, readdirSync, readSync } from "node:fs";

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

/** Where the kernel's count of pids stood at a moment; pids are given out in order, and begin again at the end. */
export interface PidMark {
  lastPid: number;
  /** Processes and threads that were ever begun on the machine. */
  forks: number;
}

/** When an attempt's first process began, by the kernel's ticks (0: not known) and its count of pids. */
export interface Since {
  ticks: number;
  pids?: PidMark | undefined;
}

export function readPidMark(): PidMark | undefined {
  const lastPid = Number(readProc("/proc/loadavg")?.split(" ")[4]);
  const forks = Number(/^processes (\d+)$/m.exec(readProc("/proc/stat") ?? "")?.[1]);
  return Number.isInteger(lastPid) && Number.isInteger(forks) ? { lastPid, forks } : undefined;
}

/** Whether a pid may have been given out since the mark; true where that cannot be told. */
export function isPidSince(mark: PidMark | undefined): (pid: number) => boolean {
  if (!mark) return () => true;
  const now = readPidMark();
  const most = Number(readProc("/proc/sys/kernel/pid_max"));
  // After half a round of pids an old one may lie between the two.
  if (!now || !(now.forks - mark.forks < most / 2)) return () => true;
  return now.lastPid >= mark.lastPid
    ? (pid) => pid > mark.lastPid && pid <= now.lastPid
    : (pid) => pid > mark.lastPid || pid <= now.lastPid;
}

/**
 * Every living process that carries the nonce or belongs to one of the sessions. One that began before `since` is not
 * looked into: reading about every process of a busy machine costs more than a short job.
 */
export function findProcesses(nonce: string, sessions: ReadonlySet<number>, since: Since): ProcessFacts[] {
  const found: ProcessFacts[] = [];
  const names = listProc();
  // Asked after the list was read, so that it covers all that stands there.
  const inWindow = isPidSince(since.pids);
  // A kernel that counts otherwise is found out by the wrappers, which are younger than the mark.
  const isSince = sessions.size > 0 && [...sessions].every(inWindow) ? inWindow : () => true;
  for (const name of names) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || !isSince(pid)) continue;
    const facts = readProcess(pid);
    if (!facts || isDead(facts) || facts.startTicks < since.ticks) continue;
    if (sessions.has(facts.session) || carriesNonce(pid, nonce)) found.push(facts);
  }
  return found;
}

let bootId: string | undefined;

/** Changes with every start of the machine; undefined where the kernel does not say. */
export const readBootId = (): string | undefined =>
  (bootId ??= readProc("/proc/sys/kernel/random/boot_id")?.trim());

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

let isProcThere: boolean | undefined;
export const hasProc = (): boolean => (isProcThere ??= readProc("/proc/self/stat") !== undefined);

function listProc(): string[] {
  try {
    return readdirSync("/proc");
  } catch {
    return [];
  }
}

const piece = Buffer.allocUnsafeSlow(64 << 10);

/** Without asking for the file's size, which the kernel does not know before it is read. */
function readProc(path: string): string | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    let text = "";
    for (let read = readSync(file, piece); read > 0; read = readSync(file, piece)) {
      text += piece.toString("latin1", 0, read);
    }
    return text;
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
