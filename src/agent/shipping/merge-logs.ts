// Of several processes' logs one more: every line with its process's name before it, in the order of time.
import { appendFileSync, existsSync } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Attempt } from "../attempt/attempt.ts";
import { describeError } from "../../lib/log.ts";
import { startLoop } from "../../lib/loop.ts";
import { driverLog } from "../attempt/log-names.ts";
import { watchFolders } from "../node/watch-folder.ts";

export interface MergedLog {
  /** Takes in what is left, when nothing writes any more. */
  close(): Promise<void>;
}

interface Source {
  label: string;
  path: string;
  /** Up to where its lines are in the merged log. */
  offset: number;
}

const slowPollMs = 500;
/** As much of one log at a time, so that a chatty process does not push the others back. */
const pieceBytes = 256 << 10;

/** `head` is what the merged log begins with; it may be started again after a restart of the agent. */
export async function startMergedLog(
  { folder, clock, log, signal }: Attempt,
  processes: readonly { name: string; logFile: string }[],
  head: string,
): Promise<MergedLog> {
  const path = join(folder.logs, driverLog);
  if (!existsSync(path)) appendFileSync(path, `${head}\n`);
  const sources: Source[] = processes.map(({ name, logFile }) => ({
    label: `[${name}] `,
    path: join(folder.logs, logFile),
    offset: 0,
  }));
  await findOffsets(path, sources);
  const stop = new AbortController();
  const loop = startLoop(
    async () => {
      let hasMore = false;
      for (const source of sources) hasMore = (await takeLines(source, path, false)) || hasMore;
      if (hasMore) loop.nudge();
    },
    {
      clock,
      signal: AbortSignal.any([signal, stop.signal]),
      everyMs: slowPollMs,
      onError(error) {
        if (!signal.aborted) log.warn("logs could not be merged", { error: describeError(error) });
      },
    },
  );
  const watch = watchFolders(() => loop.nudge());
  watch.add(folder.logs);
  void loop.ended.then(() => watch.close());
  return {
    async close() {
      stop.abort();
      await loop.ended;
      for (let hasMore = true; hasMore;) {
        hasMore = false;
        for (const source of sources) hasMore = (await takeLines(source, path, true)) || hasMore;
      }
    },
  };
}

/** Returns whether there may be more at once. */
async function takeLines(source: Source, target: string, isLast: boolean): Promise<boolean> {
  const handle = await open(source.path, "r").catch(() => undefined);
  if (!handle) return false;
  await using opened = handle;
  const { size } = await opened.stat();
  const wanted = Math.min(pieceBytes, size - source.offset);
  if (wanted <= 0) return false;
  const { buffer, bytesRead } = await opened.read(Buffer.alloc(wanted), 0, wanted, source.offset);
  const bytes = buffer.subarray(0, bytesRead);
  const end = bytes.lastIndexOf(0x0a) + 1;
  // A line that is longer than a piece, or the last one without an end, is taken as it is.
  const taken = end > 0 ? bytes.subarray(0, end) : isLast || bytesRead === pieceBytes ? bytes : undefined;
  if (!taken) return false;
  const text = taken.toString("latin1");
  const lines = text.endsWith("\n") ? text.slice(0, -1).split("\n") : text.split("\n");
  appendFileSync(target, Buffer.from(lines.map((line) => `${source.label}${line}\n`).join(""), "latin1"));
  source.offset += taken.length;
  return source.offset < size;
}

/** How far each log got is not kept anywhere: the merged log itself says it, a line for a line. */
async function findOffsets(merged: string, sources: Source[]): Promise<void> {
  const bytes = await readFile(merged, "latin1");
  if (!bytes.endsWith("\n")) appendFileSync(merged, "\n");
  const counts = new Map<string, number>();
  for (const line of bytes.split("\n")) {
    const label = /^\[\w+\] /.exec(line)?.[0];
    if (label !== undefined) counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  for (const source of sources) {
    const count = counts.get(source.label) ?? 0;
    if (count > 0) source.offset = skipLines(await readFile(source.path).catch(() => Buffer.alloc(0)), count);
  }
}

function skipLines(bytes: Buffer, count: number): number {
  let offset = 0;
  for (let line = 0; line < count; line++) {
    const end = bytes.indexOf(0x0a, offset);
    if (end < 0) return bytes.length;
    offset = end + 1;
  }
  return offset;
}
