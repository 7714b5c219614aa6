// The server's door: everything is built here and handed to each other.
import { flushCompileCache } from "node:module";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { openFolderBlobs } from "../blobs/folder/open-folder-blobs.ts";
import { GrowingFiles } from "../blobs/growing-files.ts";
import { localAgent } from "../control/context.ts";
import { startControl } from "../control/control.ts";
import { localCompute } from "../core/compute.ts";
import { homeLayout } from "../core/home.ts";
import { Refused } from "../core/refused.ts";
import type { Engine } from "../engines/engine.ts";
import { LocalEngine } from "../engines/local/local.ts";
import type { LocalEngineOptions } from "../engines/local/local.ts";
import { systemClock } from "../lib/clock.ts";
import { newId } from "../lib/ids.ts";
import { createLog, describeError } from "../lib/log.ts";
import { startLoop } from "../lib/loop.ts";
import { findCompute, saveCompute } from "../store/computes.ts";
import { ensureDefaultExperiment, ensureWorkspace } from "../store/experiments.ts";
import { takeLock } from "../store/lock.ts";
import { findSmallFile } from "../store/small-files.ts";
import { openStore } from "../store/store.ts";
import type { Store } from "../store/store.ts";
import { createApp } from "./http/app.ts";
import { collectForEver } from "./files/collect-garbage.ts";
import { readServerConfig } from "./config.ts";
import type { ServerConfig } from "./config.ts";
import type { ServerContext } from "./context.ts";
import { cutBackGrowing, syncGrowing } from "./files/growing.ts";
import { prepareDatastores } from "./assets/prepare-datastores.ts";
import {
  prepareHome,
  readLastPort,
  readVersion,
  removeServerFile,
  writeServerFile,
  writeVersion,
} from "./home.ts";
import { listen } from "./http/listen.ts";
import { sweepLocalCallers } from "./http/local-callers.ts";
import { sweepUploads } from "./mlflow/artifact-parts.ts";
import { createDirectWay } from "./mlflow/direct.ts";
import { Nudges, topics } from "./nudges.ts";
import { registerOutputs } from "./jobs/register-outputs.ts";
import { agentRoutes } from "./routes/agents.ts";
import { artifactRoutes } from "./routes/artifacts.ts";
import { assetRoutes } from "./routes/assets.ts";
import { computeRoutes } from "./routes/computes.ts";
import { datastoreFileRoutes } from "./routes/datastore-files.ts";
import { datastoreRoutes } from "./routes/datastores.ts";
import { eventRoutes } from "./routes/events.ts";
import { importRoutes } from "./routes/imports.ts";
import { jobFileRoutes } from "./routes/job-files.ts";
import { jobRoutes } from "./routes/jobs.ts";
import { logRoutes } from "./routes/logs.ts";
import { plotRoutes } from "./routes/plots.ts";
import { runDetailRoutes } from "./routes/run-details.ts";
import { runTableRoutes } from "./routes/run-table.ts";
import { runRoutes } from "./routes/runs.ts";
import { settingsRoutes } from "./routes/settings.ts";
import { snapshotRoutes } from "./routes/snapshots.ts";
import { studioRoutes } from "./routes/studio.ts";
import { trialRoutes } from "./routes/trials.ts";
import { workspaceRoutes } from "./routes/workspace.ts";
import { createSeal } from "./assets/seal.ts";
import { StudioLinks } from "./http/studio-session.ts";
import { createSizes } from "./jobs/sizes.ts";
import { createSweepLog } from "./jobs/sweep-log.ts";
import { createTokens } from "./http/tokens.ts";
import { version } from "./version.ts";

const syncEveryMs = 1000;

export interface RunningServer {
  url: string;
  /** Resolves when the server has ended, by `stop` or by a request to shut down. */
  ended: Promise<void>;
  stop(): void;
}

export async function startServer(
  config: ServerConfig,
  environment: NodeJS.ProcessEnv,
  makeEngine: (options: LocalEngineOptions) => Engine = (options) => new LocalEngine(options),
): Promise<RunningServer> {
  const clock = systemClock;
  const log = createLog({
    write: (line) => process.stderr.write(line),
    now: () => clock.now(),
    level: config.logLevel,
    pretty: process.stderr.isTTY,
  });
  const home = await prepareHome(config.home);
  const release = takeLock(join(home.folder, "server.lock"));
  if (!release) {
    throw new Refused(
      "conflict",
      `another server runs on ${home.folder}`,
      "trainyard server status shows it",
    );
  }
  const store = await openHomeStore(home.folder).catch((error: unknown) => {
    release();
    throw error;
  });
  await prepareStore(store, config);
  await prepareDatastores(store, home.folder, clock.now());
  const blobs = await openFolderBlobs(join(home.folder, homeLayout.blobs));
  const growing = new GrowingFiles(join(home.folder, homeLayout.growing), (id) =>
    findSmallFile(store.db, id),
  );
  await cutBackGrowing({ growing, store });

  const ending = new AbortController();
  const nudges = new Nudges();
  const tokens = createTokens(home.userToken, home.secret);
  const engine = makeEngine({
    home: home.folder,
    agentProgram: siblingProgram("../agent/start"),
    tokenFor: (agent) => tokens.forAgent(agent),
    clock,
    environment,
  });
  const startsAgent = () => {
    engine.place({ agent: localAgent, nodeCount: 1 }).catch((error: unknown) => {
      log.warn("the agent could not be started", { error: describeError(error) });
    });
  };

  let url = "";
  let nudgeControl = () => {};
  const context: ServerContext = {
    config,
    store,
    blobs,
    growing,
    tokens,
    seal: createSeal(home.secret),
    studioLinks: new StudioLinks(),
    nudges,
    clock,
    log,
    newId: () => newId(clock.now()),
    machine: () => engine.machine(),
    sizes: createSizes(home.folder, log),
    url: () => url,
    nudgeControl: () => nudgeControl(),
    expectJob: startsAgent,
    shutDown: () => ending.abort(),
    ending: ending.signal,
  };
  await sweepUploads(context);
  await sweepLocalCallers(home.folder, clock.now());
  const listening = await listen(
    createApp(context, allRoutes(context)),
    createDirectWay(context),
    config,
    await readLastPort(home.folder),
  );
  url = listening.url;
  await writeServerFile(home.folder, {
    url,
    pid: process.pid,
    version,
    home: home.folder,
    startedAt: clock.now(),
  });
  log.info("listening", { url, home: home.folder, version });

  const control = startControl(
    {
      store,
      engine,
      clock,
      newId: context.newId,
      registerOutputs: (run) => registerOutputs(context, run),
      sizes: () => context.sizes.table(),
      sweepLog: createSweepLog(context),
      heard: (agent) => nudges.count(topics.heard(agent)),
      ordersChanged: (agent) => nudges.nudge(topics.orders(agent)),
      changed: () => nudges.nudge(topics.events),
      log,
    },
    ending.signal,
  );
  nudgeControl = () => control.nudge();
  const syncing = startLoop(() => syncGrowing(context), {
    clock,
    signal: ending.signal,
    everyMs: syncEveryMs,
    onError: (error) => log.error("logs could not be made durable", { error: describeError(error) }),
  });

  const collecting = collectForEver(context);

  const end = async () => {
    await new Promise<void>((resolve) =>
      ending.signal.addEventListener("abort", () => resolve(), { once: true }),
    );
    nudges.nudge(topics.orders(localAgent));
    await Promise.all([control.ended, syncing.ended, collecting]);
    await listening.close();
    await syncGrowing(context);
    await growing.closeAll();
    await removeServerFile(home.folder);
    await store.close();
    release();
    log.info("ended");
  };
  return { url, ended: end(), stop: () => ending.abort() };
}

const allRoutes = (context: ServerContext) => ({
  ...workspaceRoutes(context),
  ...jobRoutes(context),
  ...jobFileRoutes(context),
  ...trialRoutes(context),
  ...studioRoutes(context),
  ...settingsRoutes(context),
  ...runTableRoutes(context),
  ...runRoutes(context),
  ...runDetailRoutes(context),
  ...plotRoutes(context),
  ...logRoutes(context),
  ...artifactRoutes(context),
  ...snapshotRoutes(context),
  ...computeRoutes(context),
  ...assetRoutes(context),
  ...datastoreRoutes(context),
  ...datastoreFileRoutes(context),
  ...importRoutes(context),
  ...eventRoutes(context),
  ...agentRoutes(context),
});

/** A home that a later version has changed is refused before anything of it is written. */
async function openHomeStore(folder: string): Promise<Store> {
  const last = await readVersion(folder);
  const isOther = last !== version;
  const store = await openStore(join(folder, homeLayout.database), isOther ? last : undefined);
  if (isOther) await writeVersion(folder, version);
  return store;
}

async function prepareStore(store: Store, config: ServerConfig): Promise<void> {
  const now = systemClock.now();
  await store.write(async (tx) => {
    await ensureWorkspace(tx, { id: newId(now), name: config.workspaceName, createdAt: now });
    await ensureDefaultExperiment(tx, now);
    if (await findCompute(tx, localCompute)) return;
    await saveCompute(tx, {
      name: localCompute,
      type: "local",
      size: "",
      tier: "dedicated",
      minInstances: 0,
      maxInstances: Math.max(2, availableParallelism()),
      idleSecondsBeforeScaleDown: 60,
      description: "this machine; as many jobs at once as it has cores",
      tags: {},
      createdAt: now,
    });
  });
}

/** A program beside this one: `.ts` from source, `.js` in a release. */
function siblingProgram(path: string): string {
  const ending = import.meta.filename.endsWith(".ts") ? ".ts" : ".js";
  return new URL(`${path}${ending}`, import.meta.url).pathname;
}

if (import.meta.main) {
  // Its own log is the last thing that may end it: a full disk must not.
  process.stderr.on("error", () => {});
  try {
    const server = await startServer(readServerConfig(process.argv.slice(2), process.env), process.env);
    process.on("SIGINT", () => server.stop());
    process.on("SIGTERM", () => server.stop());
    // Written now, not at the exit: the next start is faster and smaller also after a kill.
    flushCompileCache();
    await server.ended;
  } catch (error) {
    const hint = error instanceof Refused && error.hint ? `\n${error.hint}` : "";
    process.stderr.write(`the server could not start: ${describeError(error)}${hint}\n`);
    process.exitCode = 1;
  }
}
