// Starts an attempt's processes as detached groups, or picks up those that an earlier agent started.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Attempt } from "../attempt/attempt.ts";
import type { AttemptFolder } from "../attempt/attempt-folder.ts";
import type { LaunchedProcess } from "./ground.ts";
import { isOtherBoot } from "./launch-mark.ts";
import type { LaunchMark } from "./launch-mark.ts";
import type { PlannedProcess } from "./plan-processes.ts";
import { carriesNonce, hasProc, isAlive, nonceVariable } from "../processes/process-table.ts";
import { programOf, readWrapperPid, wasStarted, wrapperScript } from "../processes/wrapper.ts";

export async function launchProcess(
  { folder, nonce }: Pick<Attempt, "folder" | "nonce">,
  plan: PlannedProcess,
  mark: LaunchMark,
): Promise<LaunchedProcess> {
  const file = join(folder.processes, plan.name);
  const base = { name: plan.name, isService: plan.isService, file };
  if (isOtherBoot(mark) || wasStarted(file)) return { ...base, pid: findWrapper(file, nonce) };
  return { ...base, ...(await startWrapper(folder, file, plan, nonce)) };
}

/** Its pid, unless that belongs to another process by now. */
function findWrapper(file: string, nonce: string): number | undefined {
  const pid = readWrapperPid(file);
  if (pid === undefined || !isAlive(pid)) return undefined;
  return !hasProc() || carriesNonce(pid, nonce) ? pid : undefined;
}

async function startWrapper(
  folder: AttemptFolder,
  file: string,
  plan: PlannedProcess,
  nonce: string,
): Promise<Pick<LaunchedProcess, "pid" | "ended" | "isOwnChild" | "failure">> {
  const output = openSync(join(folder.logs, plan.logFile), "a", 0o644);
  try {
    const program = programOf(plan.command, plan.variables);
    const child = spawn("/bin/sh", ["-c", wrapperScript, "trainyard", file, ...program], {
      cwd: plan.cwd,
      env: { ...plan.variables, [nonceVariable]: nonce },
      detached: true,
      stdio: ["ignore", output, "ignore"],
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
