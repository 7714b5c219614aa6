// The agent: it registers, asks again and again what should be on it, and makes it so.
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Order, WorkOrder } from "../api/agents.ts";
import { agentLayout } from "../core/home.ts";
import { Refused } from "../core/refused.ts";
import type { Clock } from "../lib/clock.ts";
import { newUuid } from "../lib/ids.ts";
import { describeError } from "../lib/log.ts";
import type { Log } from "../lib/log.ts";
import { attemptFolder, createAttemptFolder, isFolderName } from "./attempt/attempt-folder.ts";
import type { AgentParts } from "./attempt/agent-parts.ts";
import type { AgentConfig } from "./config.ts";
import type { ServerLink } from "./node/server-link.ts";
import { createRubbish } from "./node/rubbish.ts";
import type { EngineDoor } from "./containers/engine.ts";
import type { NodeCache } from "./cache/node-cache.ts";
import type { EnvironmentShelf } from "./environments/environment-shelf.ts";
import { sweepContainers } from "./containers/sweep-containers.ts";
import { tidyImages } from "./environments/tidy-images.ts";
import { readState, writeState } from "./node/state-file.ts";
import { startStory, takenSchema } from "./story/story.ts";
import type { Story, Taken } from "./story/story.ts";

export interface AgentOptions {
  config: AgentConfig;
  link: ServerLink;
  cache: NodeCache;
  environments: EnvironmentShelf;
  engines: EngineDoor;
  serverUrl: () => Promise<string>;
  version: string;
  pid: number;
  host: string;
  isHomeThere: () => Promise<boolean>;
  clock: Clock;
  log: Log;
  /** Aborted to make the agent leave; processes go on without it. */
  signal: AbortSignal;
}

export type LeaveReason = "superseded" | "told to" | "no server" | "home is gone" | "signal";

/** Resolves when the agent has nothing more to do here, with why. */
export async function runAgent(options: AgentOptions): Promise<LeaveReason> {
  const { config, link, clock, log } = options;
  const leaving = new AbortController();
  const rubbishEnd = new AbortController();
  const signal = AbortSignal.any([options.signal, leaving.signal]);
  let reason: LeaveReason = "signal";
  // Attempts picked up from disk must not speak under an epoch that the server has not given yet.
  const registered = Promise.withResolvers<number>();
  registered.promise.catch(() => {});
  const leave = (why: LeaveReason) => {
    if (!signal.aborted) reason = why;
    leaving.abort(new Error(why));
  };
  const rubbish = createRubbish({
    folder: join(config.folder, agentLayout.rubbish),
    clock,
    log,
    signal: rubbishEnd.signal,
  });
  const parts: AgentParts = {
    ...options,
    rubbish,
    call: link.call,
    epoch: () => registered.promise,
    signal,
  };
  const root = join(config.folder, agentLayout.attempts);
  const stories = new Map<string, Story>();
  const closing = new Set<Promise<void>>();

  const begin = (taken: Taken, isResumed: boolean) => {
    const { attempt } = taken.order;
    const story = startStory(taken, attemptFolder(join(root, attempt)), parts, {
      isResumed,
      onClosed: () => close(attempt),
      onSuperseded: () => leave("superseded"),
    });
    stories.set(attempt, story);
    return story;
  };

  function close(attempt: string): void {
    const story = stories.get(attempt);
    if (!story || signal.aborted) return;
    const closed = story
      .close()
      .catch((error: unknown) => {
        if (!signal.aborted)
          log.error("an attempt's folder would not go", { attempt, error: describeError(error) });
      })
      .finally(() => {
        stories.delete(attempt);
        closing.delete(closed);
      });
    closing.add(closed);
  }

  /** Attempts that an earlier agent of this name left on disk. */
  async function resume(): Promise<void> {
    await mkdir(root, { recursive: true, mode: 0o700 });
    for (const name of await readdir(root)) {
      const folder = attemptFolder(join(root, name));
      const taken = await readState(folder.order, takenSchema);
      if (taken?.order.attempt === name) begin(taken, true);
      // Without its order nothing of it has begun: the server sends it again.
      else await rm(folder.root, { recursive: true, force: true });
    }
    if (stories.size > 0) log.info("picked up attempts", { count: stories.size });
  }

  /** Containers of attempts that are over, which an agent before this one was killed too early to remove. */
  async function tidyContainers(): Promise<void> {
    try {
      const engine = await options.engines.find();
      if ("why" in engine) return;
      const count = await sweepContainers(engine);
      if (count > 0) log.info("removed containers of attempts that are over", { count });
      await tidyImages(engine, options.environments, log);
    } catch (error) {
      log.warn("containers that are left could not be looked for", { error: describeError(error) });
    }
  }

  async function take(work: WorkOrder): Promise<Story> {
    const folder = attemptFolder(join(root, work.attempt));
    createAttemptFolder(folder, work.node.count);
    const taken: Taken = { order: work, nonce: newUuid() };
    await writeState(folder.order, taken);
    return begin(taken, false);
  }

  async function follow(orders: readonly Order[]): Promise<void> {
    const wanted = new Set(orders.map((order) => order.attempt));
    for (const attempt of stories.keys()) if (!wanted.has(attempt)) close(attempt);
    for (const order of orders) {
      if (!isFolderName(order.attempt))
        throw new Error(`an attempt is named ${JSON.stringify(order.attempt)}`);
      const story = stories.get(order.attempt) ?? (order.work && (await take(order.work)));
      story?.follow(order);
    }
  }

  async function register(): Promise<number> {
    const body = { pid: options.pid, host: options.host, version: options.version };
    const answer = await link.call(
      (client, call) => client.registerAgent({ params: { agent: config.name }, body }, call),
      { signal },
    );
    log.info("registered", { epoch: answer.epoch });
    registered.resolve(answer.epoch);
    return answer.epoch;
  }

  async function poll(epoch: number): Promise<void> {
    for (let version = ""; !signal.aborted;) {
      const body = {
        epoch,
        version,
        known: [...stories.keys()],
        waitSeconds: config.pollSeconds,
      };
      const answer = await link.call(
        (client, call) => client.pollOrders({ params: { agent: config.name }, body }, call),
        { signal, timeoutSeconds: config.pollSeconds + 15 },
      );
      version = answer.version;
      await follow(answer.orders);
      if (answer.exit && isIdle()) leave("told to");
    }
  }

  const isIdle = () => [...stories.values()].every((story) => story.isOver()) && closing.size === 0;

  const isResting = async () => {
    for (const story of stories.values()) if (!(await story.isResting())) return false;
    return closing.size === 0;
  };

  async function watchOut(): Promise<void> {
    while (!signal.aborted) {
      await clock.sleep(Math.min(1000, config.idleExitSeconds * 250), signal);
      if (signal.aborted) return;
      if (!(await options.isHomeThere())) leave("home is gone");
      const silentMs = clock.elapsed() - link.heardAt();
      const patienceMs = (config.idleExitSeconds + config.pollSeconds) * 1000;
      if (silentMs > patienceMs && (await isResting())) leave("no server");
    }
  }

  await resume();
  void tidyContainers();
  const watched = watchOut();
  try {
    await poll(await register());
  } catch (error) {
    if (error instanceof Refused && error.code === "superseded") leave("superseded");
    else if (!signal.aborted) throw error;
  } finally {
    leaving.abort(new Error("the agent leaves"));
    registered.reject(new Error("the agent leaves"));
    await watched;
    // Without a folder nothing of an attempt can be kept, and nobody could ever end its processes.
    const part = (story: Story) => (reason === "home is gone" ? story.close() : story.leave());
    await Promise.all([...stories.values()].map(part));
    await Promise.all(closing);
    rubbishEnd.abort();
    await rubbish.ended;
  }
  return reason;
}
