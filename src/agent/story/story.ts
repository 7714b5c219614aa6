// One attempt under way in this agent: it keeps the story going through mishaps and ends it when it is told to.
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { workOrderSchema } from "../../api/agents.ts";
import type { Order } from "../../api/agents.ts";
import { asJobSpec } from "../../api/job-spec.ts";
import { Refused } from "../../core/refused.ts";
import { describeError } from "../../lib/log.ts";
import type { AgentParts } from "../attempt/agent-parts.ts";
import type { Attempt } from "../attempt/attempt.ts";
import type { AttemptFolder } from "../attempt/attempt-folder.ts";
import { endProcesses } from "../processes/end-processes.ts";
import { logAliasOf } from "../attempt/log-names.ts";
import { readLaunchMark } from "../launch/launch-mark.ts";
import { startNodeLogs } from "../attempt/node-logs.ts";
import { createOrderView } from "../attempt/order-view.ts";
import { createReporter } from "../attempt/reporter.ts";
import { createDatastoreDoor } from "../inputs/datastore-door.ts";
import { runAttempt } from "./run-attempt.ts";
import { removeContainersOf } from "../containers/sweep-containers.ts";
import { readWrapperPid } from "../processes/wrapper.ts";

/** Short for who looks at a trial, longer than a trivial one takes when ten of them share two cores. */
const trialQuietMs = 2000;

/** What order.json holds. */
export const takenSchema = z.object({ order: workOrderSchema, nonce: z.string() });
export type Taken = z.infer<typeof takenSchema>;

export interface Story {
  readonly attempt: string;
  /** Told to the end; it waits to be closed. */
  isOver(): boolean;
  /** Over, or nothing of it was ever launched: another agent can take it from its folder and nobody misses this one. */
  isResting(): Promise<boolean>;
  /** What the server wants now. */
  follow(order: Pick<Order, "go" | "stop" | "queueReason" | "nodes">): void;
  /** The server has closed it: its processes end and its folder goes. */
  close(): Promise<void>;
  /** The agent leaves: nothing of the attempt is touched. */
  leave(): Promise<void>;
}

/** `onClosed` is called when the server does not know the attempt, or not any more. */
export function startStory(
  { order, nonce }: Taken,
  folder: AttemptFolder,
  parts: AgentParts,
  start: { isResumed: boolean; onClosed: () => void; onSuperseded: () => void },
): Story {
  const end = new AbortController();
  const log = parts.log.with({ attempt: order.attempt, run: order.run });
  const wish = createOrderView({ go: false, stop: null, queueReason: "", nodes: [] });
  let isOver = false;

  async function tellOnce(isResumed: boolean): Promise<void> {
    // Its own signal, so that a story that failed half-way leaves no shipper behind for the next try.
    const round = new AbortController();
    const signal = AbortSignal.any([end.signal, round.signal]);
    const { call, clock, epoch } = parts;
    // Of many short ones each call counts, and nobody watches a single one from its first moment.
    const isTrial = order.spec.trial !== undefined;
    const quietMs = isTrial ? trialQuietMs : 0;
    const onError = (error: unknown) => {
      if (!signal.aborted) log.warn("a log could not be sent; trying again", { error: describeError(error) });
    };
    const attempt: Attempt = {
      ...parts,
      order,
      nonce,
      folder,
      wish,
      reporter: createReporter({
        attempt: order.attempt,
        epoch,
        call,
        clock,
        log,
        onRefused: (error) => round.abort(error),
        gatherMs: isTrial ? trialQuietMs : 100,
        signal,
      }),
      logs: startNodeLogs({
        folder: folder.logs,
        basesFile: join(folder.root, "log-bases.json"),
        node: order.node.name,
        aliasOf: (file) => logAliasOf(file, asJobSpec(order.spec).distribution, order.node.count),
        attemptNumber: order.attemptNumber,
        isResumed,
        quietMs,
        ownLogsAfterMs: isTrial ? 5000 : 0,
        way: { run: order.run, call, signal },
        clock,
        onError,
      }),
      datastores: createDatastoreDoor(order.attempt, call),
      quietMs,
      log,
      signal,
    };
    try {
      await runAttempt(attempt, isResumed);
    } finally {
      round.abort(new Error("this try is over"));
    }
  }

  async function tell(): Promise<void> {
    let isResumed = start.isResumed;
    for (let pauseMs = 500; !end.signal.aborted; pauseMs = Math.min(30_000, pauseMs * 2)) {
      try {
        await tellOnce(isResumed);
        isOver = true;
        return;
      } catch (error) {
        if (end.signal.aborted) return;
        if (error instanceof Refused && error.code === "superseded") return start.onSuperseded();
        if (error instanceof Refused && error.code === "not-found") return start.onClosed();
        log.error("the attempt met trouble; going on where it stands", { error: describeError(error) });
        isResumed = true;
        await parts.clock.sleep(pauseMs, end.signal);
      }
    }
  }

  async function endAll(): Promise<void> {
    const { clock, config } = parts;
    // Bounded by itself, so that an agent which has to leave does not leave processes behind.
    const { signal } = new AbortController();
    const wrappers = await listWrappers(folder);
    await endProcesses({
      nonce,
      wrappers,
      since: { ticks: 0 },
      graceMs: config.graceSeconds * 1000,
      clock,
      signal,
    });
    await endContainers();
  }

  /** None is left alive that a server has given up. */
  async function endContainers(): Promise<void> {
    const prepared = (await readLaunchMark(folder))?.prepared;
    if (!prepared?.container) return;
    try {
      const engine = await parts.engines.at(prepared.container.address);
      await removeContainersOf(engine, order.attempt);
    } catch (error) {
      log.warn("its containers could not be ended; the next agent tries again", {
        error: describeError(error),
      });
    }
  }

  const told = tell();
  return {
    attempt: order.attempt,
    isOver: () => isOver,
    isResting: async () => isOver || (await readLaunchMark(folder)) === undefined,
    follow: ({ go, stop, queueReason, nodes = [] }) => wish.set({ go, stop, queueReason, nodes }),
    async leave() {
      end.abort(new Error("the agent leaves"));
      await told;
    },
    async close() {
      end.abort(new Error("the server has closed the attempt"));
      await told;
      // Told to its end, the attempt has ended them itself.
      if (!isOver) await endAll();
      parts.rubbish.take(folder.root);
    },
  };
}

async function listWrappers(folder: AttemptFolder): Promise<number[]> {
  const names = await readdir(folder.processes).catch(() => []);
  return names.flatMap((name) => readWrapperPid(join(folder.processes, name)) ?? []);
}
