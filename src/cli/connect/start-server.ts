// Starts the server of a home folder in the background and waits until it answers.
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { constants } from "node:fs";
import { access, open, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { homeLayout } from "../../core/home.ts";
import type { ServerFile } from "../../core/home.ts";
import type { Clock } from "../../lib/clock.ts";
import { leanNodeFlags } from "../../lib/lean-node.ts";
import { CommandFailed } from "../fail.ts";
import { findServer } from "./find-server.ts";
import type { Found } from "./find-server.ts";
import { takeStartLock } from "./start-lock.ts";

export interface StartOptions {
  home: string;
  port?: number;
  clock: Clock;
  withinMs?: number;
  /** Let it end with the terminal's foreground group instead of outliving it. */
  attached?: boolean;
}

export interface Started {
  server: ServerFile;
  version: string;
  /** Whether it was this call that started it. */
  fresh: boolean;
}

/** May be called by many processes at once; all of them get the one server. */
export async function ensureServer(options: StartOptions): Promise<Started> {
  const { home, clock, withinMs = 30_000 } = options;
  const deadline = clock.elapsed() + withinMs;
  while (clock.elapsed() < deadline) {
    const found = await findServer(home);
    if (found.state === "running") return { ...found, fresh: false };
    await makeHome(home);
    const lock = await takeStartLock(home);
    if (!lock) {
      await clock.sleep(5);
      continue;
    }
    try {
      // The holder before us may have just finished.
      const again = await findServer(home);
      if (again.state === "running") return { ...again, fresh: false };
      return { ...(await startOne(options, deadline)), fresh: true };
    } finally {
      await lock.release();
    }
  }
  throw new CommandFailed(`another command has been starting the server for ${withinMs / 1000} s`, {
    hint: `Look at ${join(home, homeLayout.serverLog)}; \`trainyard server status\` says what is running.`,
  });
}

async function makeHome(home: string): Promise<void> {
  try {
    await mkdir(home, { recursive: true, mode: 0o700 });
    await access(home, constants.W_OK);
  } catch (error) {
    throw new CommandFailed(`nothing can be written to TRAINYARD_HOME, which is ${home}`, {
      cause: error,
      hint: "It holds the server's data. Set TRAINYARD_HOME to a folder of your own, on a disk that takes writes.",
    });
  }
}

async function startOne(
  options: StartOptions,
  deadline: number,
  triesLeft = 3,
): Promise<{ server: ServerFile; version: string }> {
  const { home, clock } = options;
  const logPath = join(home, homeLayout.serverLog);
  const log = await open(logPath, "a", 0o600);
  const logStart = (await log.stat()).size;
  const child = spawnServer(options, log.fd);
  let exit: string | undefined;
  child.once("error", (error) => (exit = error.message));
  child.once("exit", (code, signal) => (exit = signal ? `killed by ${signal}` : `exit code ${code}`));
  child.unref();
  await log.close();

  while (clock.elapsed() < deadline) {
    const found = await findServer(home);
    if (found.state === "running" && isNew(found, child)) return found;
    if (exit !== undefined) {
      const other = await findServer(home);
      if (other.state === "running") return other;
      // A server that is just ending still holds the home folder.
      if (triesLeft > 0) {
        await clock.sleep(100);
        return startOne(options, deadline, triesLeft - 1);
      }
      throw new CommandFailed(`the server did not start (${exit})`, {
        hint: `The end of ${logPath}:\n${await tailFrom(logPath, logStart)}`,
      });
    }
    await clock.sleep(5);
  }
  throw new CommandFailed("the server was started but does not answer", {
    hint: `The end of ${logPath}:\n${await tailFrom(logPath, logStart)}`,
  });
}

// An older server that is just going away may still answer.
const isNew = (found: Found & { state: "running" }, child: ChildProcess): boolean =>
  found.server.pid === child.pid;

function spawnServer({ home, port, attached }: StartOptions, logDescriptor: number): ChildProcess {
  const args = [serverProgram(), "--home", home, ...(port === undefined ? [] : ["--port", String(port)])];
  return spawn(process.execPath, [...leanNodeFlags, ...args], {
    cwd: home, // not the caller's folder, which could then not be unmounted
    detached: !attached,
    stdio: ["ignore", logDescriptor, logDescriptor],
  });
}

/** In a checkout the server runs from source, in a release compiled, like this file. */
export function serverProgram(): string {
  const here = import.meta.url;
  return fileURLToPath(new URL(`../../server/start${here.endsWith(".ts") ? ".ts" : ".js"}`, here));
}

async function tailFrom(path: string, start: number): Promise<string> {
  const bytes = await readFile(path);
  return bytes.subarray(start).subarray(-4000).toString("utf8").trimEnd() || "(nothing was written)";
}
