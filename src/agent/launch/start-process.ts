// Starts an attempt's processes as detached groups, or picks up those that an earlier agent started.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, mkdirSync, openSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Attempt } from "../attempt/attempt.ts";
import type { AttemptFolder } from "../attempt/attempt-folder.ts";
import type { LaunchedProcess } from "./ground.ts";
import { isOtherBoot } from "./launch-mark.ts";
import type { LaunchMark } from "./launch-mark.ts";
import type { PlannedProcess } from "./plan-processes.ts";
import { carriesNonce, hasProc, isAlive, nonceVariable } from "../processes/process-table.ts";
import { wrapperFiles, wrapperScript } from "../processes/wrapper.ts";

export async function launchProcess(
  { folder, nonce }: Pick<Attempt, "folder" | "nonce">,
  plan: PlannedProcess,
  mark: LaunchMark,
): Promise<LaunchedProcess> {
  const processFolder = join(folder.processes, plan.name);
  mkdirSync(processFolder, { recursive: true });
  const base = { name: plan.name, isService: plan.isService, folder: processFolder };
  if (isOtherBoot(mark) || wasStarted(processFolder)) {
    return { ...base, pid: await findWrapper(processFolder, nonce) };
  }
  return { ...base, ...(await startWrapper(folder, processFolder, plan, nonce)) };
}

export const wasStarted = (processFolder: string): boolean =>
  existsSync(join(processFolder, wrapperFiles.started));

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
): Promise<Pick<LaunchedProcess, "pid" | "ended" | "isOwnChild" | "failure">> {
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
      ...(signal !== null && {
        told: `the shell above it was killed by ${signal as string}, and its exit code is lost with that`,
      }),
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
    return { pid: child.pid, ended, isOwnChild: true };
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
