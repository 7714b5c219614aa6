// A Trainyard of a benchmark's own: a fresh home in a temporary folder, and nothing left of it afterwards.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "../src/api/client.ts";
import type { Client } from "../src/api/client.ts";
import { createHttpTransport } from "../src/api/http-transport.ts";
import { agentLayout, homeLayout } from "../src/core/home.ts";
import { isFinal } from "../src/core/job.ts";
import { systemClock } from "../src/lib/clock.ts";
import { isAlive, runProgram } from "./processes.ts";

export const root = join(import.meta.dirname, "..");
export const trainyard = join(root, "bin", "trainyard");

export interface House extends AsyncDisposable {
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
  run(...args: string[]): Promise<string>;
  serverPid(): number;
  /** Once a job has begun. */
  agentPid(): number;
  client(): Client;
  /** The last state of a job. */
  waitFor(job: string): Promise<string>;
  stop(): Promise<void>;
}

/** `variables` are its own, for server and agent. */
export function openHouse(variables: NodeJS.ProcessEnv = {}): House {
  const home = mkdtempSync(join(tmpdir(), "trainyard-bench-home-"));
  const env: NodeJS.ProcessEnv = { ...process.env, ...variables, TRAINYARD_HOME: home, NO_COLOR: "1" };
  delete env["TRAINYARD_URL"];
  delete env["TRAINYARD_TOKEN"];
  const readServer = () =>
    JSON.parse(readFileSync(join(home, homeLayout.serverFile), "utf8")) as { url: string; pid: number };
  const agentFile = join(home, homeLayout.agents, "local", agentLayout.processFile);
  const agentPid = () => (JSON.parse(readFileSync(agentFile, "utf8")) as { pid: number }).pid;
  const run = (...args: string[]) => runProgram(trainyard, args, { env });

  const client = () => {
    const token = readFileSync(join(home, homeLayout.tokenFile), "utf8").trim();
    return createClient(createHttpTransport(readServer().url), token);
  };

  async function stop(): Promise<void> {
    const pids: number[] = [];
    if (existsSync(agentFile)) pids.push(agentPid());
    if (existsSync(join(home, homeLayout.serverFile))) {
      pids.push(readServer().pid);
      await run("server", "stop").catch(() => "");
    }
    for (let tries = 0; pids.some(isAlive) && tries < 100; tries++) await systemClock.sleep(50);
    for (const pid of pids.filter(isAlive)) process.kill(pid, "SIGKILL");
  }

  return {
    home,
    env,
    run,
    client,
    stop,
    serverPid: () => readServer().pid,
    agentPid,
    async waitFor(job) {
      const asking = client();
      for (;;) {
        const { state } = await asking.getJob({ params: { run: job } });
        if (isFinal(state)) return state;
        await systemClock.sleep(100);
      }
    },
    async [Symbol.asyncDispose]() {
      await stop();
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
