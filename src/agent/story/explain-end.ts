// Says why an attempt ended: from its exit code, the kernel's count of kills, and the end of its log.
import { open } from "node:fs/promises";
import { constants } from "node:os";
import type { AttemptEnd } from "../attempt/attempt-end.ts";
import type { ProcessEnd, SupervisedEnd } from "./supervise.ts";

export interface EndEvidence {
  /** Process name → its log file. */
  logFiles: Readonly<Record<string, string>>;
  /** Whether the kernel killed anything for want of memory while the attempt ran. */
  sawOomKill: boolean;
  timeoutSeconds: number | undefined;
  /** The process's node, when it is one of several. */
  nodes?: Readonly<Record<string, string>>;
}

const stopMessages = {
  canceled: "canceled",
  "early-termination": "stopped early by its sweep",
  preempted: "preempted: its low-priority nodes were needed by a dedicated job",
} as const;

/** Of several processes the message says which one it is about. */
export async function explainEnd(end: SupervisedEnd, evidence: EndEvidence): Promise<AttemptEnd> {
  const culprit = end.culprit ?? firstToFail(end.processes) ?? end.processes[0];
  if (!culprit) throw new Error("an attempt without processes has no end");
  const explained = await explainProcess(culprit, end, evidence);
  const node = evidence.nodes?.[culprit.name];
  if (node === undefined || end.stop !== undefined || explained.message === null) return explained;
  return { ...explained, message: `${culprit.name} on ${node} failed first: ${explained.message}` };
}

async function explainProcess(
  culprit: ProcessEnd,
  end: SupervisedEnd,
  evidence: EndEvidence,
): Promise<AttemptEnd> {
  const exitCode = culprit.code ?? null;
  if (end.stop !== undefined) {
    const limit = evidence.timeoutSeconds;
    const message =
      end.stop === "time-limit"
        ? `ended at its time limit of ${limit ?? "?"} seconds`
        : stopMessages[end.stop];
    return { reason: end.stop, exitCode, message, traceback: null };
  }
  const logFile = evidence.logFiles[culprit.name];
  const tail = logFile === undefined ? [] : await readLastLines(logFile);
  const traceback = tail.length === 0 ? null : pickTraceback(tail);
  const base = { exitCode, traceback };
  if (culprit.failure !== undefined) return { ...base, reason: "launch-failed", message: culprit.failure };
  if (exitCode === 0) return { ...base, traceback: null, reason: "succeeded", message: null };
  if (exitCode === null) {
    const message =
      "the process is gone without a trace: it and its wrapper were killed together, or the machine restarted";
    return { ...base, reason: "process-vanished", message };
  }
  const signal = signalOf(exitCode);
  if (signal === undefined) {
    return {
      ...base,
      reason: "exited-nonzero",
      message: exceptionLine(tail) ?? `process exited with code ${exitCode}`,
    };
  }
  if (signal === "SIGKILL" && evidence.sawOomKill) {
    const message =
      "killed by the kernel because memory ran out (SIGKILL, exit code 137); use less memory or a larger node";
    return { ...base, reason: "out-of-memory", message };
  }
  return { ...base, reason: "killed-by-signal", message: `killed by ${signal} (exit code ${exitCode})` };
}

/** The one that went wrong first is the cause; the others often fail because of it. */
export const firstToFail = (processes: readonly ProcessEnd[]): ProcessEnd | undefined =>
  [...processes].sort((a, b) => a.at - b.at).find((one) => one.code !== 0);

const signalNames = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));

/** A shell says "killed by signal n" as 128 + n, and programs keep clear of those codes. */
const signalOf = (code: number): string | undefined => signalNames.get(code - 128);

const tailBytes = 64 << 10;
const mostLines = 40;

export async function readLastLines(path: string): Promise<string[]> {
  try {
    await using handle = await open(path, "r");
    const { size } = await handle.stat();
    const from = Math.max(0, size - tailBytes);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - from), 0, size - from, from);
    const lines = buffer.toString("utf8", 0, bytesRead).split("\n");
    if (lines.at(-1) === "") lines.pop();
    // A progress bar writes over its line again and again; its last state says it all.
    return lines.map((line) => line.replace(/\r$/, "").split("\r").at(-1) ?? "");
  } catch {
    return [];
  }
}

const header = "Traceback (most recent call last):";

/** From the last traceback on when the log ends in one, else the last lines. */
export function pickTraceback(lines: readonly string[]): string {
  const start = lines.lastIndexOf(header);
  const wanted = start === -1 ? lines : lines.slice(start);
  return wanted.slice(-mostLines).join("\n").slice(-20_000);
}

/** The line of the exception that ended a Python program, when the log shows one. */
export function exceptionLine(lines: readonly string[]): string | undefined {
  const start = lines.findLastIndex((line) => line === header || /^\s*File ".*", line \d+/.test(line));
  if (start === -1) return undefined;
  const line = lines.slice(start + 1).find((text) => /^[A-Za-z_][\w.]*(: .*)?$/s.test(text));
  return line?.slice(0, 10_000);
}
