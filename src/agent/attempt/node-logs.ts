// The files of azureml-logs/: what the node did, and what the user's processes print. All are sent while they grow.
import { appendFileSync, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { mostFinishedBytes } from "../../api/artifacts.ts";
import type { Clock } from "../../lib/clock.ts";
import { startLoop } from "../../lib/loop.ts";
import type { Loop } from "../../lib/loop.ts";
import { driverLogArtifact } from "./log-names.ts";
import type { Parcel } from "./parcel.ts";
import { createFileShipper } from "../node/ship-file.ts";
import type { FileShipper, ShippingWay } from "../node/ship-file.ts";
import { readState, writeState } from "../node/state-file.ts";
import { watchFolders } from "../node/watch-folder.ts";

export interface NodeLogs {
  /** Adds a line to one of the node's own logs. Never to a driver log: those are the processes' bytes alone. */
  write(log: NodeLog, line: string): void;
  /** Appends to it as it is. */
  writeText(log: NodeLog, text: string): void;
  /** Nothing more will be written to it. */
  finish(log: NodeLog): void;
  /**
   * Sends what is left of all of them and makes it durable. Those of which nothing has been sent go into the parcel, and
   * with them this artifact, a name and its text; returns whether it went along.
   */
  close(parcel: Parcel | undefined, extra?: readonly [artifact: string, text: string]): Promise<boolean>;
}

export type NodeLog = "environment-build" | "execution" | "job-prep" | "job-post";

export const nodeLogFile = (log: NodeLog, node: string): string => {
  const name = node.replaceAll(/[^\w.-]/g, "_");
  switch (log) {
    case "environment-build":
      return "20_image_build_log.txt";
    case "execution":
      return `55_azureml-execution-${name}.txt`;
    case "job-prep":
      return `65_job_prep-${name}.txt`;
    case "job-post":
      return `75_job_post-${name}.txt`;
  }
};

export interface NodeLogsOptions {
  folder: string;
  /** Where it is kept how long the artifacts were when this attempt began. */
  basesFile: string;
  node: string;
  /** A second name of a log, for those who look for that. */
  aliasOf: (file: string) => string | undefined;
  attemptNumber: number;
  /** Whether an earlier agent worked on this attempt already. */
  isResumed: boolean;
  /** Nothing is sent for so long: what has ended by then is delivered as a whole. */
  quietMs: number;
  /** What the node itself did is sent after this long, or at the end. */
  ownLogsAfterMs: number;
  way: ShippingWay;
  clock: Clock;
  onError: (error: unknown) => void;
}

const slowPollMs = 1000;

export function startNodeLogs(options: NodeLogsOptions): NodeLogs {
  const { folder, way, clock } = options;
  const shippers = new Map<string, FileShipper>();
  const finished = new Set<string>();
  const closed = new Set<string>();
  const bases = createBases(options);
  const stop = new AbortController();
  const begunAt = clock.elapsed();
  const isOwn = (name: string) => /^(55|65|75)_/.test(name);

  const shipperOf = async (name: string): Promise<FileShipper> => {
    const artifact = driverLogArtifact(name);
    const known = shippers.get(name);
    if (known) return known;
    const { base, isNew } = await bases.find(artifact);
    const alias = options.aliasOf(name);
    const file = { path: join(folder, name), artifact, base, isNew, ...(alias !== undefined && { alias }) };
    const shipper = createFileShipper(file, way);
    shippers.set(name, shipper);
    return shipper;
  };

  const isUnsent = (name: string) => !shippers.has(name);

  /** The node's own logs while nobody misses them: a file is not made for what goes with the end a moment later. */
  const held = new Map<string, string>();
  let isHolding = !options.isResumed && options.ownLogsAfterMs > 0;

  function layDown(): void {
    isHolding = false;
    for (const [name, text] of held) appendFileSync(join(folder, name), text);
    held.clear();
  }

  async function shipOne(name: string): Promise<void> {
    if (closed.has(name)) return;
    const shipper = await shipperOf(name);
    if (finished.has(name)) {
      await shipper.close();
      closed.add(name);
    } else if ((await shipper.ship()) === "more") loop?.nudge();
  }

  const shipAll = async () => {
    if (isHolding && clock.elapsed() - begunAt >= options.ownLogsAfterMs) layDown();
    await Promise.all(readdirSync(folder).map(shipOne));
  };

  /** Those of which nothing has been sent; what is too much for the parcel is left to the others' way. */
  function packWhole(parcel: Parcel, extra: readonly [string, string] | undefined): boolean {
    const pack = (artifact: string, bytes: Uint8Array | undefined, alias?: string) =>
      bytes !== undefined && parcel.addFile({ path: artifact, ...(alias !== undefined && { alias }) }, bytes);
    for (const [name, text] of held) {
      if (pack(driverLogArtifact(name), Buffer.from(text), options.aliasOf(name))) held.delete(name);
    }
    for (const name of readdirSync(folder).filter(isUnsent)) {
      const bytes = readSmall(join(folder, name));
      if (pack(driverLogArtifact(name), bytes, options.aliasOf(name))) closed.add(name);
    }
    return extra !== undefined && pack(extra[0], Buffer.from(extra[1]));
  }

  let loop: Loop | undefined;
  const watch = watchFolders(() => loop?.nudge());
  const begin = () => {
    if (stop.signal.aborted || way.signal.aborted) return;
    loop = startLoop(shipAll, {
      clock,
      signal: AbortSignal.any([way.signal, stop.signal]),
      everyMs: slowPollMs,
      onError: options.onError,
    });
    watch.add(folder);
  };
  const begun = options.quietMs === 0 ? begin() : clock.sleep(options.quietMs, stop.signal).then(begin);
  const leave = () => {
    stop.abort();
    watch.close();
    // Another agent goes on with the folder, if it is not gone already.
    if (existsSync(folder)) layDown();
  };
  way.signal.addEventListener("abort", leave, { once: true });

  const append = (log: NodeLog, text: string) => {
    const name = nodeLogFile(log, options.node);
    if (isHolding && isOwn(name)) held.set(name, (held.get(name) ?? "") + text);
    else appendFileSync(join(folder, name), text);
  };
  return {
    write: (log, line) => append(log, `${new Date(clock.now()).toISOString()} ${line}\n`),
    writeText: append,
    finish(log) {
      finished.add(nodeLogFile(log, options.node));
      loop?.nudge();
    },
    async close(parcel, extra) {
      watch.close();
      stop.abort();
      await begun;
      await loop?.ended;
      const isTaken = bases.areNew && parcel !== undefined && packWhole(parcel, extra);
      layDown();
      const names = readdirSync(folder);
      for (const name of names) {
        if (!closed.has(name)) await (await shipperOf(name)).close();
      }
      return isTaken;
    },
  };
}

/** Without waiting: it is small, and somebody waits for its end. */
function readSmall(path: string): Buffer | undefined {
  const facts = statSync(path, { throwIfNoEntry: false });
  return facts && facts.size <= mostFinishedBytes ? readFileSync(path) : undefined;
}

const basesSchema = z.record(z.string(), z.int());

/**
 * A run's later attempt writes on where the earlier ones stopped. Where that was is learned once and kept, because
 * after a restart of the agent the artifact's size no longer says it.
 */
function createBases({ basesFile, attemptNumber, isResumed, way }: NodeLogsOptions) {
  let known: Record<string, number> | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  const learn = async (artifact: string): Promise<{ base: number; isNew: boolean }> => {
    known ??= (await readState(basesFile, basesSchema)) ?? {};
    const before = known[artifact];
    if (before !== undefined) return { base: before, isNew: false };
    const answer = await way.call(
      (client, options) =>
        client.appendArtifact(
          { params: { run: way.run }, query: { path: artifact, offset: 0 }, body: new Uint8Array(0) },
          options,
        ),
      { signal: way.signal },
    );
    known[artifact] = answer.sizeBytes;
    await writeState(basesFile, known);
    return { base: answer.sizeBytes, isNew: true };
  };

  return {
    /** Nobody else has sent any of them. */
    areNew: attemptNumber === 1 && !isResumed,
    find(artifact: string): Promise<{ base: number; isNew: boolean }> {
      if (attemptNumber === 1) return Promise.resolve({ base: 0, isNew: !isResumed });
      // One after another: they share the file.
      const found = queue.then(() => learn(artifact));
      queue = found.catch(() => {});
      return found;
    },
  };
}
