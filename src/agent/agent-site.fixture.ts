// A home folder with a fake server and agents in it, for tests; everything of it ends with the test.
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { access, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { WorkOrder } from "../api/agents.ts";
import { systemClock } from "../lib/clock.ts";
import { silentLog } from "../lib/log.ts";
import { runAgent } from "./agent-loop.ts";
import type { LeaveReason } from "./agent-loop.ts";
import { readConfig, serverFileOf } from "./config.ts";
import { startFakeServer } from "./fake-server.fixture.ts";
import type { FakeServer } from "./fake-server.fixture.ts";
import { nonceVariable } from "./processes/process-table.ts";
import { createServerLink, NoServer } from "./node/server-link.ts";
import { createEnvironmentShelf } from "./environments/environment-shelf.ts";
import { createEngineDoor } from "./containers/engine.ts";
import { createNodeCache } from "./cache/node-cache.ts";

export interface AgentSite {
  home: string;
  server: FakeServer;
  attemptFolder(work: WorkOrder): string;
  /** In this process; resolves with why it left. */
  startAgent(args?: string[]): { left: Promise<LeaveReason>; leave(): Promise<LeaveReason> };
  /** As a process of its own, which can be killed. */
  spawnAgent(args?: string[], nodeArgs?: string[]): ChildProcess;
  end(work: WorkOrder): Promise<FakeServer["ends"][number]>;
  log(path?: string): string;
}

export async function createSite(t: TestContext): Promise<AgentSite> {
  const home = await mkdtemp(join(tmpdir(), "trainyard-agent-"));
  const folder = join(home, "agents", "local");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "token"), "agent-token");
  const server = await startFakeServer(home);
  const agents: (() => Promise<unknown>)[] = [];
  t.after(async () => {
    for (const stop of agents) await stop();
    await server.down();
    for (const pid of await processesBelow(home)) process.kill(pid, "SIGKILL");
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  });
  const allArgs = (args: string[]) => [
    "--home",
    home,
    "--grace-seconds",
    "0.3",
    "--idle-exit-seconds",
    "5",
    "--poll-seconds",
    "5",
    ...args,
  ];

  return {
    home,
    server,
    attemptFolder: (work) => join(folder, "attempts", work.attempt),
    startAgent(args = []) {
      const config = readConfig(allArgs(args), process.env);
      const stop = new AbortController();
      const serverUrl = async () => {
        const text = await readFile(serverFileOf(config), "utf8").catch(() => "{}");
        const { url } = JSON.parse(text) as { url?: string };
        if (url === undefined) throw new NoServer("no server.json");
        return url;
      };
      const link = createServerLink({
        readUrl: serverUrl,
        readToken: async () => "agent-token",
        clock: systemClock,
        log: silentLog,
      });
      const left = runAgent({
        config,
        link,
        cache: createNodeCache({
          folder: config.folder,
          capBytes: config.cacheBytes,
          call: link.call,
          clock: systemClock,
          log: silentLog,
        }),
        environments: createEnvironmentShelf({
          agentFolder: config.folder,
          capBytes: config.environmentsBytes,
          clock: systemClock,
          log: silentLog,
        }),
        engines: createEngineDoor(config.hostVariables),
        serverUrl,
        version: "test",
        pid: process.pid,
        host: "test",
        isHomeThere: () =>
          access(config.folder).then(
            () => true,
            () => false,
          ),
        clock: systemClock,
        log: silentLog,
        signal: stop.signal,
      });
      const leave = async () => {
        stop.abort(new Error("the test is over"));
        const reason = await left;
        link.close();
        return reason;
      };
      agents.push(leave);
      return { left, leave };
    },
    spawnAgent(args = [], nodeArgs = []) {
      const program = join(import.meta.dirname, "start.ts");
      const child = spawn(process.execPath, [...nodeArgs, program, ...allArgs(args)], {
        stdio: ["ignore", "ignore", process.env["SHOW_AGENT"] === undefined ? "ignore" : "inherit"],
      });
      agents.push(async () => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        child.kill("SIGKILL");
        await once(child, "exit");
      });
      return child;
    },
    async end(work) {
      const find = () => server.ends.find((end) => end.attempt === work.attempt);
      await server.until(() => find() !== undefined);
      return find()!;
    },
    log: (path = "azureml-logs/70_driver_log.txt") => server.artifacts.get(path)?.bytes.toString() ?? "",
  };
}

/** What agents of this home started and did not end: a failed test must not leave it running. */
async function processesBelow(home: string): Promise<number[]> {
  const pids = (await readdir("/proc")).map(Number).filter(Number.isInteger);
  const isBelow = pids.map(async (pid) => {
    const environment = await readFile(`/proc/${pid}/environ`, "latin1").catch(() => "");
    return environment.includes(`${nonceVariable}=`) && environment.includes(home);
  });
  const below = await Promise.all(isBelow);
  return pids.filter((_, index) => below[index]);
}
