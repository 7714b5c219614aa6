// Sends what the processes log, upload and write to ./logs while they run, and the rest of it when they have ended.
import { join } from "node:path";
import { Refused } from "../../core/refused.ts";
import { describeError } from "../../lib/log.ts";
import { startLoop } from "../../lib/loop.ts";
import type { Attempt } from "../attempt/attempt.ts";
import { nodeFolders } from "../attempt/attempt-folder.ts";
import type { Parcel } from "../attempt/parcel.ts";
import { createRecordShipper } from "./ship-records.ts";
import { createStagedShipper } from "./ship-staged.ts";
import { createUserLogShipper } from "./ship-user-logs.ts";
import type { FileToUpload } from "./upload-files.ts";
import { watchFolders } from "../node/watch-folder.ts";

export interface Shipping {
  /** Begins to send: there are processes that write. */
  start(): void;
  /** Delivers what is left, once the processes are gone; what is little by the parcel, if there is one. */
  finish(parcel: Parcel | undefined): Promise<Delivered>;
}

export interface Delivered {
  /** Log files that have to be sent as a whole. */
  toUpload: FileToUpload[];
  /** What was delivered, a line each. */
  lines: string[];
  warnings: string[];
}

const slowPollMs = 1000;

export function createShipping(attempt: Attempt, isResumed: boolean): Shipping {
  const { folder, order, signal } = attempt;
  const way = { run: order.run, call: attempt.call, signal };
  const nodes = nodeFolders(folder, order.node.count).map((node, index) => ({
    node,
    records: createRecordShipper({
      folder: node.records,
      prefix: `${order.attemptNumber}.${index}.`,
      isResumed,
      way,
    }),
    staged: createStagedShipper(node.files, way),
    // The head's logs have the names that people know; those of the others never stand in their way.
    userLogs: createUserLogShipper(join(node.work, "logs"), {
      artifact: index === 0 ? "logs" : `logs/node_${index}`,
      isLaterAttempt: order.attemptNumber > 1,
      isResumed,
      way,
    }),
  }));
  let lanes: Lane[] = [];
  let begun: Promise<void> | undefined;
  const over = new AbortController();

  async function finishNode(
    { records, staged, userLogs }: (typeof nodes)[number],
    delivered: Delivered,
    parcel: Parcel | undefined,
  ) {
    await carryOn(delivered, signal, "records", async () => {
      delivered.warnings.push(...(await records.finish(parcel)));
      const { streams, sizeBytes } = records.counts();
      delivered.lines.push(`records: ${streams} streams, ${sizeBytes} bytes`);
    });
    await carryOn(delivered, signal, "uploads", async () => {
      await staged.ship();
      const { files, sizeBytes } = staged.counts();
      if (files > 0) delivered.lines.push(`uploads: ${files} files, ${sizeBytes} bytes`);
      delivered.warnings.push(...staged.remarks());
    });
    await carryOn(delivered, signal, "logs", async () => {
      const { files, sizeBytes, toUpload, remarks } = await userLogs.finish();
      delivered.lines.push(`logs: ${files} files, ${sizeBytes} bytes`);
      delivered.warnings.push(...remarks.map((remark) => `logs: ${remark}`));
      delivered.toUpload.push(...toUpload);
    });
  }

  return {
    start() {
      begun = attempt.clock.sleep(attempt.quietMs, AbortSignal.any([signal, over.signal])).then(() => {
        if (signal.aborted || over.signal.aborted) return;
        lanes = nodes.flatMap(({ node, records, staged, userLogs }) => [
          startLane(attempt, [node.records], () => records.ship().then(() => [])),
          startLane(attempt, [node.files], () => staged.ship().then(() => [node.files])),
          startLane(attempt, [], () => userLogs.ship()),
        ]);
      });
    },
    async finish(parcel) {
      over.abort(new Error("the processes are gone"));
      await begun;
      for (const lane of lanes) await lane.stop();
      const delivered: Delivered = { toUpload: [], lines: [], warnings: [] };
      for (const node of nodes) await finishNode(node, delivered, parcel);
      return delivered;
    },
  };
}

/** What the server refuses for good costs a warning, never the job. */
async function carryOn(
  delivered: Delivered,
  signal: AbortSignal,
  what: string,
  act: () => Promise<void>,
): Promise<void> {
  try {
    await act();
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof Refused)) throw error;
    delivered.warnings.push(`${what}: the server refused them: ${error.message}`);
  }
}

interface Lane {
  stop(): Promise<void>;
}

/** One kind of thing, sent whenever its folders change. A turn returns further folders to watch. */
function startLane({ clock, log, signal }: Attempt, folders: string[], turn: () => Promise<string[]>): Lane {
  const stop = new AbortController();
  const watch = watchFolders(() => loop.nudge());
  const loop = startLoop(
    async () => {
      for (const path of await turn()) watch.add(path);
    },
    {
      clock,
      signal: AbortSignal.any([signal, stop.signal]),
      everyMs: slowPollMs,
      onError(error) {
        if (!signal.aborted) log.warn("could not be sent; trying again", { error: describeError(error) });
      },
    },
  );
  for (const path of folders) watch.add(path);
  void loop.ended.then(() => watch.close());
  return {
    stop() {
      stop.abort();
      return loop.ended;
    },
  };
}
