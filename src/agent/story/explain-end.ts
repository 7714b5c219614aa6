// Says why an attempt ended: from its exit code, the kernel's count of kills, and the end of its log.
import { open } from "node:fs/promises";
import { constants } from "node:os";
import type { AttemptEnd } from "../attempt/attempt-end.ts";
import { whomMpirunBlames } from "../launch/mpi.ts";
import type { ProcessEnd, SupervisedEnd } from "./supervise.ts";

export interface EndEvidence {
  /** Process name → its log file. */
  logFiles: Readonly<Record<string, string>>;
  /** Whether the kernel killed anything for want of memory while the attempt ran. */
  sawOomKill: boolean;
  timeoutSeconds: number | undefined;
  /** The process's node, when it is one of several. */
  nodes?: Readonly<Record<string, string>>;
  /** By index, as mpirun names them. */
  nodeNames?: readonly string[];
}

const stopMessages = {
  canceled: "canceled",
  "early-termination": "stopped early by its sweep",
  preempted: "preempted: its low-priority nodes were needed by a dedicated job",
} as const;

/** Of several processes the message says which one it is about. */
export async function explainEnd(end: SupervisedEnd, evidence: EndEvidence): Promise<AttemptEnd> {
  const blamed = end.stop === undefined ? await blamedByMpirun(end, evidence) : undefined;
  const culprit = blamed ?? end.culprit ?? firstToFail(end.processes) ?? end.processes[0];
  if (!culprit) throw new Error("an attempt without processes has no end");
  const explained = await explainProcess(culprit, end, evidence);
  const node = blamed?.node ?? evidence.nodes?.[culprit.name];
  if (node === undefined || end.stop !== undefined || explained.message === null) return explained;
  return { ...explained, message: `${culprit.name} on ${node} failed first: ${explained.message}` };
}

/**
 * Whoever left a record of its end is found by the time of that. A rank that was killed with its shell, or a daemon,
 * leaves none: mpirun knows that it went first, or it is the only one that was not just told to end.
 */
async function blamedByMpirun(
  { processes, vanished = [] }: SupervisedEnd,
  { logFiles, nodes, nodeNames }: EndEvidence,
): Promise<(ProcessEnd & { node: string | undefined }) | undefined> {
  const mpirun = processes.find(({ name, code }) => name === "mpirun" && code !== 0);
  const log = logFiles["mpirun"];
  if (!mpirun || log === undefined) return undefined;
  const blame = whomMpirunBlames(await readLastLines(log));
  if (blame && !processes.some(({ name }) => name === blame.name)) {
    const node = blame.node === undefined ? nodes?.[blame.name] : nodeNames?.[blame.node];
    return { name: blame.name, code: undefined, at: mpirun.at, told: blame.told, node };
  }
  const others = processes.filter(({ name }) => name !== "mpirun");
  const [name, ...more] = vanished;
  const wereTold = others.length > 0 && others.every(({ code }) => signalOf(code ?? 0) === "SIGTERM");
  if (name === undefined || !wereTold) return undefined;
  const told = `it was killed together with the shell above it${more.length > 0 ? `, and so was ${more.join(", ")}` : ""}`;
  return { name, code: undefined, at: mpirun.at, told, node: nodes?.[name] };
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
  if (exitCode === 0 && culprit.failure === undefined)
    return { exitCode, traceback: null, reason: "succeeded", message: null };
  const logFile = evidence.logFiles[culprit.name];
  const tail = logFile === undefined ? [] : await readLastLines(logFile);
  const traceback = tail.length === 0 ? null : pickTraceback(tail);
  const base = { exitCode, traceback };
  if (culprit.failure !== undefined) return { ...base, reason: "launch-failed", message: culprit.failure };
  if (exitCode === null) {
    const message =
      culprit.told ??
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
