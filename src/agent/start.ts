// The agent's door: reads its settings, builds its parts, and hands them to each other.
import { readFileSync } from "node:fs";
import { access, mkdir, readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import manifest from "../../package.json" with { type: "json" };
import { agentLayout } from "../core/home.ts";
import type { AgentFile } from "../core/home.ts";
import { systemClock } from "../lib/clock.ts";
import { createLog, describeError } from "../lib/log.ts";
import { runAgent } from "./agent-loop.ts";
import { readConfig, serverFileOf, tokenFileOf } from "./config.ts";
import type { AgentConfig } from "./config.ts";
import { readProcess } from "./processes/process-table.ts";
import { createServerLink, NoServer } from "./node/server-link.ts";
import { createEnvironmentShelf } from "./environments/environment-shelf.ts";
import { createEngineDoor } from "./containers/engine.ts";
import { createNodeCache } from "./cache/node-cache.ts";
import { writeState } from "./node/state-file.ts";

async function main(): Promise<void> {
  const config = readConfig(process.argv.slice(2), process.env);
  const log = createLog({
    write: (line) => process.stderr.write(line),
    now: () => systemClock.now(),
    pretty: process.stderr.isTTY,
  }).with({ agent: config.name });
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    process.on(signal, () => stop.abort(new Error(signal)));
  }
  await writeProcessFile(config);
  const serverUrl = () => readServerUrl(config);
  const link = createServerLink({
    readUrl: serverUrl,
    readToken: async () => (await readFile(tokenFileOf(config), "utf8")).trim(),
    clock: systemClock,
    log,
  });
  const reason = await runAgent({
    config,
    link,
    cache: createNodeCache({
      folder: config.folder,
      capBytes: config.cacheBytes,
      call: link.call,
      clock: systemClock,
      log,
    }),
    environments: createEnvironmentShelf({
      agentFolder: config.folder,
      capBytes: config.environmentsBytes,
      clock: systemClock,
      log,
    }),
    engines: createEngineDoor(config.hostVariables),
    serverUrl,
    version: manifest.version,
    pid: process.pid,
    host: hostname(),
    isHomeThere: () => isThere(config.folder),
    clock: systemClock,
    log,
    signal: stop.signal,
  });
  link.close();
  log.info("leaving", { reason });
}

async function writeProcessFile(config: AgentConfig): Promise<void> {
  await mkdir(config.folder, { recursive: true, mode: 0o700 });
  const file: AgentFile = {
    pid: process.pid,
    pidStart: readProcess(process.pid)?.startTicks ?? 0,
    startedAt: systemClock.now(),
  };
  await writeState(join(config.folder, agentLayout.processFile), file);
}

const serverFileSchema = z.object({ url: z.url() });

async function readServerUrl(config: AgentConfig): Promise<string> {
  const path = serverFileOf(config);
  try {
    return serverFileSchema.parse(JSON.parse(readFileSync(path, "utf8"))).url;
  } catch (error) {
    throw new NoServer(`${path} names no running server`, { cause: error });
  }
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

// Its own log is the last thing that may end it: a full disk must not.
process.stderr.on("error", () => {});
try {
  await main();
} catch (error) {
  process.stderr.write(`the agent could not go on: ${describeError(error)}\n`);
  process.exitCode = 1;
}
// Whatever is still open, such as a request that nobody waits for, must not keep a finished agent alive.
process.exit();
