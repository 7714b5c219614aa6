// Runs one command of a builder as its own process group: its output line by line, its end, and its whole tree killed on cancel.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Clock } from "../../lib/clock.ts";
import { maskSecrets } from "./mask-secrets.ts";

export interface BuilderCommand {
  file: string;
  args: string[];
  variables: Record<string, string | undefined>;
  cwd: string;
}

export interface BuilderContext {
  /** Called with every line, secrets masked, as soon as it is printed. */
  log: (line: string) => void;
  clock: Clock;
  /** Called with the id of the process group before anything else can happen to it. */
  onStart: (pid: number) => void;
  signal: AbortSignal;
}

export interface BuilderEnd {
  succeeded: boolean;
  /** The last lines printed. */
  lines: string[];
}

const linesKept = 400;
const graceMs = 5000;

/** Rejects with the signal's reason when canceled, after the group is gone. */
export async function runBuilder(command: BuilderCommand, context: BuilderContext): Promise<BuilderEnd> {
  context.signal.throwIfAborted();
  const child = spawn(command.file, command.args, {
    cwd: command.cwd,
    env: command.variables,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (child.pid !== undefined) context.onStart(child.pid);

  const lines: string[] = [];
  const take = (text: string) => {
    const line = maskSecrets(plainText(text));
    if (line.trim() === "") return;
    lines.push(line);
    if (lines.length > linesKept) lines.shift();
    context.log(line);
  };
  const closed = new Promise<{ code: number | null; error?: Error }>((resolve) => {
    child.once("error", (error) => resolve({ code: null, error }));
    child.once("close", (code) => resolve({ code }));
  });
  const readers = [child.stdout, child.stderr].map((stream) => readLines(stream, take));

  const done = new AbortController();
  const supervised = stopWhenAborted(child.pid, context, done.signal);
  const { code, error } = await closed;
  await Promise.all(readers);
  done.abort();
  await supervised;
  context.signal.throwIfAborted();
  if (error) take(`${command.file}: ${error.message}`);
  return { succeeded: code === 0, lines };
}

async function readLines(stream: Readable, take: (line: string) => void): Promise<void> {
  for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) take(line);
}

/** Only what a progress bar wrote last, without colors. */
const plainText = (text: string) =>
  // oxlint-disable-next-line no-control-regex -- the escape character is what colors begin with
  (text.split("\r").at(-1) ?? "").replaceAll(/\u001B\[[\d;?]*[A-Za-z]/g, "").trimEnd();

async function stopWhenAborted(pid: number | undefined, context: BuilderContext, done: AbortSignal) {
  if (pid === undefined) return;
  await new Promise<void>((resolve) => {
    if (context.signal.aborted || done.aborted) return resolve();
    context.signal.addEventListener("abort", () => resolve(), { once: true });
    done.addEventListener("abort", () => resolve(), { once: true });
  });
  if (!context.signal.aborted || done.aborted) return;
  killGroup(pid, "SIGTERM");
  await context.clock.sleep(graceMs, done);
  // Also after a clean end: a grandchild that ignored the first signal must not outlive the build.
  killGroup(pid, "SIGKILL");
}

/** Returns whether there was anything to signal. */
export function killGroup(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
}
