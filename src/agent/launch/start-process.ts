// Starts an attempt's processes as detached groups, or picks up those that an earlier agent started.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { openSync, closeSync } from "node:fs";
import { mkdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Attempt } from "../attempt/attempt.ts";
import type { AttemptFolder } from "../attempt/attempt-folder.ts";
import type { PlannedProcess } from "./plan-processes.ts";
import {
  carriesNonce,
  hasProc,
  isAlive,
  nonceVariable,
  readBootId,
  readOomKills,
  readPidMark,
  readTicks,
} from "../processes/process-table.ts";
import { readState, syncFolder, writeDurableState } from "../node/state-file.ts";
import { wrapperFiles, wrapperScript } from "../processes/wrapper.ts";

export interface LaunchedProcess {
  name: string;
  isService: boolean;
  folder: string;
  /** The wrapper's pid, which is its session and group too; undefined when it never came to be. */
  pid: number | undefined;
  /** Set when this agent is the parent: the exit status as the kernel gave it. */
  ended?: Promise<ChildEnd>;
  /** Why it could not be started. */
  failure?: string;
}

export interface ChildEnd {
  code: number | null;
  signal: string | null;
}

const launchedSchema = z.object({
  at: z.int(),
  bootId: z.string().optional(),
  oomKills: z.number().optional(),
  /** By the kernel's clock; belongs to the boot id. */
  ticks: z.number().default(0),
  pids: z.object({ lastPid: z.int(), forks: z.int() }).optional(),
});
export type LaunchMark = z.infer<typeof launchedSchema>;

export const readLaunchMark = (folder: AttemptFolder): Promise<LaunchMark | undefined> =>
  readState(folder.launched, launchedSchema);

/**
 * Written before the first process and safe against a power cut: an agent that finds it with another boot id
 * knows that processes ran and are gone, and does not run them a second time.
 */
export async function markLaunch(folder: AttemptFolder, at: number): Promise<LaunchMark> {
  const known = await readLaunchMark(folder);
  if (known) return known;
  const mark: LaunchMark = { at, ticks: readTicks() };
  const bootId = readBootId();
  const oomKills = readOomKills();
  const pids = readPidMark();
  if (bootId !== undefined) mark.bootId = bootId;
  if (pids !== undefined) mark.pids = pids;
  if (oomKills !== undefined) mark.oomKills = oomKills;
  await writeDurableState(folder.launched, mark);
  await syncFolder(join(folder.root, ".."));
  return mark;
}

export async function launchProcess(
  { folder, nonce }: Pick<Attempt, "folder" | "nonce">,
  plan: PlannedProcess,
  mark: LaunchMark,
): Promise<LaunchedProcess> {
  const processFolder = join(folder.processes, plan.name);
  await mkdir(processFolder, { recursive: true });
  const base = { name: plan.name, isService: plan.isService, folder: processFolder };
  const isOtherBoot = mark.bootId !== undefined && mark.bootId !== readBootId();
  if (isOtherBoot || (await wasStarted(processFolder))) {
    return { ...base, pid: await findWrapper(processFolder, nonce) };
  }
  return { ...base, ...(await startWrapper(folder, processFolder, plan, nonce)) };
}

export const wasStarted = async (processFolder: string): Promise<boolean> =>
  (await readFile(join(processFolder, wrapperFiles.started), "utf8").catch(() => undefined)) !== undefined;

/** The pid in `started`, unless it belongs to another process by now. */
async function findWrapper(processFolder: string, nonce: string): Promise<number | undefined> {
  const text = await readFile(join(processFolder, wrapperFiles.started), "utf8").catch(() => "");
  const pid = Number(text.trim());
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return undefined;
  return !hasProc() || carriesNonce(pid, nonce) ? pid : undefined;
}

async function startWrapper(
  folder: AttemptFolder,
  processFolder: string,
  plan: PlannedProcess,
  nonce: string,
): Promise<Pick<LaunchedProcess, "pid" | "ended" | "failure">> {
  const output = openSync(join(folder.logs, plan.logFile), "a", 0o644);
  const wrapperLog = openSync(join(processFolder, wrapperFiles.log), "a", 0o644);
  try {
    const child = spawn("/bin/sh", ["-c", wrapperScript, "trainyard", processFolder, plan.command], {
      cwd: plan.cwd,
      env: { ...plan.variables, [nonceVariable]: nonce },
      detached: true,
      stdio: ["ignore", output, wrapperLog],
    });
    const ended = once(child, "exit").then(([code, signal]) => ({
      code: code as number | null,
      signal: signal as string | null,
    }));
    const failed = once(child, "error").then(([error]) => error as Error);
    if (child.pid === undefined) {
      ended.catch(() => {});
      const failure = explainSpawnFailure(await failed, plan.cwd, plan.command);
      return { pid: undefined, failure: await failure };
    }
    failed.catch(() => {});
    // The agent may end while the process goes on.
    child.unref();
    return { pid: child.pid, ended };
  } catch (error) {
    const failure = await explainSpawnFailure(error as Error, plan.cwd, plan.command);
    return { pid: undefined, failure };
  } finally {
    closeSync(output);
    closeSync(wrapperLog);
  }
}

async function explainSpawnFailure(failure: Error, cwd: string, command: string): Promise<string> {
  if ("code" in failure && failure.code === "E2BIG") {
    return `the command and its variables are too long for this system (the command alone has ${command.length} characters); put it into a script`;
  }
  const facts = await stat(cwd).catch(() => undefined);
  return facts?.isDirectory()
    ? `the process could not be started: ${failure.message}`
    : `the working folder ${cwd} is not there any more`;
}
