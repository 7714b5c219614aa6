// Programs that benchmarks run and look at.
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { accessSync, constants, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";

export interface RunOptions {
  env?: NodeJS.ProcessEnv;
  cwd?: string;
}

/** Runs a program to its end; what it printed on both streams. Throws when it fails. */
export async function runProgram(program: string, args: string[], options: RunOptions = {}): Promise<string> {
  const child = spawn(program, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  const { text, code } = await collect(child);
  if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code}:\n${text.slice(-2000)}`);
  return text;
}

/** What hangs must not hang a benchmark. */
const longestMs = 60_000;

/** Milliseconds from the start of a program to the moment its output holds `marker`; waits for its end as well. */
export async function timeToLine(
  program: string,
  args: string[],
  marker: string,
  options: RunOptions = {},
): Promise<number> {
  const began = performance.now();
  const child = spawn(program, args, { ...options, stdio: ["ignore", "pipe", "pipe"], timeout: longestMs });
  let seenMs: number | undefined;
  const { text, code } = await collect(child, (so) => {
    if (seenMs === undefined && so.includes(marker)) seenMs = performance.now() - began;
  });
  if (code !== 0) throw new Error(`${program} ended with ${code}:\n${text.slice(-2000)}`);
  if (seenMs === undefined) throw new Error(`${program} never printed ${marker}:\n${text.slice(-2000)}`);
  return seenMs;
}

async function collect(
  child: ChildProcess,
  onText: (soFar: string) => void = () => {},
): Promise<{ text: string; code: number | null }> {
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8");
    stream?.on("data", (chunk: string) => {
      text += chunk;
      onText(text);
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return { text, code };
}

/** VmRSS now or VmHWM, the most it ever was, in MB. Linux only. */
export function memoryOf(pid: number, field: "VmRSS" | "VmHWM"): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const kilobytes = new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(status)?.[1];
  return Number(kilobytes) / 1000;
}

/** Seconds of processor time that a process has taken up to now, all its threads together. Linux only. */
export function processorTimeOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  const [user, system] = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .slice(11, 13);
  return (Number(user) + Number(system)) / 100;
}

/** Runs a program to its end; the seconds that it took and how many of its own and its children's processor time. */
export async function timeProgram(
  program: string,
  args: string[],
  options: RunOptions = {},
): Promise<{ seconds: number; processorSeconds: number }> {
  const timing = 'TIMEFORMAT="took %R %U %S"; time "$@"';
  const said = await runProgram("bash", ["-c", timing, "bash", program, ...args], options);
  const [, seconds, user, system] = /took ([\d.]+) ([\d.]+) ([\d.]+)\s*$/.exec(said) ?? [];
  return { seconds: Number(seconds), processorSeconds: Number(user) + Number(system) };
}

export function isThere(program: string): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !readFileSync(`/proc/${pid}/stat`, "latin1").includes(") Z ");
  } catch {
    return false;
  }
}
