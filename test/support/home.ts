// A home folder of its own with the real command line, server and agent; all of it is gone at the end of the test.
import { execFile, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "../../src/api/client.ts";
import type { Client } from "../../src/api/client.ts";
import { createHttpTransport } from "../../src/api/http-transport.ts";
import type { ServerFile } from "../../src/core/home.ts";

const launcher = new URL("../../bin/trainyard", import.meta.url).pathname;

export interface Finished {
  code: number;
  stdout: string;
  stderr: string;
}

export interface TestHome extends AsyncDisposable {
  readonly folder: string;
  /** A folder for the test's own files; commands run in it. */
  readonly work: string;
  /** Runs `trainyard` with these arguments to its end. */
  run(...args: string[]): Promise<Finished>;
  /** Starts `trainyard` and leaves it to the test. */
  start(...args: string[]): ChildProcess;
  /** Writes a file below `work` and returns its path. */
  file(name: string, text: string): Promise<string>;
  /** The server's address and process, as it says itself. */
  server(): Promise<ServerFile>;
  client(): Promise<Client>;
  agentPid(): Promise<number>;
  /** Every process that was started for this home. */
  processes(): Promise<number[]>;
}

export async function openTestHome(): Promise<TestHome> {
  const root = await mkdtemp(join(tmpdir(), "trainyard-test-"));
  const folder = join(root, "home");
  const work = join(root, "work");
  await mkdir(work);
  const environment = { ...process.env, TRAINYARD_HOME: folder, TRAINYARD_PORT: "0", NO_COLOR: "1" };
  const server = async () => JSON.parse(await readFile(join(folder, "server.json"), "utf8")) as ServerFile;

  return {
    folder,
    work,
    server,
    run: (...args) =>
      new Promise((resolve) => {
        const options = { cwd: work, env: environment, timeout: 120_000, maxBuffer: 64 << 20 };
        const child = execFile(launcher, args, options, (_error, stdout, stderr) =>
          resolve({ code: child.exitCode ?? -1, stdout, stderr }),
        );
        child.stdin?.end();
      }),
    start: (...args) =>
      spawn(launcher, args, { cwd: work, env: environment, stdio: ["ignore", "pipe", "pipe"] }),
    async file(name, text) {
      const path = join(work, name);
      await mkdir(join(path, ".."), { recursive: true });
      await writeFile(path, text);
      return path;
    },
    async client() {
      const token = (await readFile(join(folder, "token"), "utf8")).trim();
      return createClient(createHttpTransport((await server()).url), token);
    },
    async agentPid() {
      const file = join(folder, "agents", "local", "agent.json");
      return (JSON.parse(await readFile(file, "utf8")) as { pid: number }).pid;
    },
    processes: () => processesMentioning(folder),
    async [Symbol.asyncDispose]() {
      for (const pid of await processesMentioning(folder)) kill(pid);
      while ((await processesMentioning(folder)).length > 0)
        await new Promise((resolve) => setImmediate(resolve));
      await rm(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

export function kill(pid: number, signal: NodeJS.Signals = "SIGKILL"): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It had ended already, which is what was wanted.
  }
}

/** Processes whose command line or environment names the folder. */
async function processesMentioning(folder: string): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    const texts = await Promise.all(
      ["cmdline", "environ"].map((file) => readFile(`/proc/${name}/${file}`, "latin1").catch(() => "")),
    );
    const state = await readFile(`/proc/${name}/stat`, "latin1").catch(() => ") Z");
    if (texts.some((text) => text.includes(folder)) && !/\) Z/.test(state)) found.push(Number(name));
  }
  return found;
}
