// Waits for an attempt's processes to end, or ends them when the server or the clock says so.
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { stopReasons } from "../core/job.ts";
import type { StopReason } from "../core/job.ts";
import type { Attempt } from "./attempt.ts";
import { endProcesses } from "./end-processes.ts";
import type { LaunchedProcess, LaunchMark } from "./launch.ts";
import { isAlive, readProcess, readUptimeSeconds, ticksPerSecond } from "./process-table.ts";
import { readState, writeState } from "./state-file.ts";
import { watchFolders } from "./watch-folder.ts";
import { wrapperFiles } from "./wrapper.ts";

export interface ProcessEnd {
  name: string;
  /** As a shell gives it: 128 and more for a signal. Undefined when nobody knows. */
  code: number | undefined;
  at: number;
  failure?: string;
}

export interface SupervisedEnd {
  processes: ProcessEnd[];
  stop: StopReason | undefined;
}

const stoppingSchema = z.object({ reason: z.enum(stopReasons), at: z.int() });
const slowPollMs = 1000;

export async function supervise(
  attempt: Attempt,
  launched: readonly LaunchedProcess[],
  mark: LaunchMark,
): Promise<SupervisedEnd> {
  const over = new AbortController();
  const signal = AbortSignal.any([attempt.signal, over.signal]);
  const ended = Promise.all(launched.map((one) => waitForEnd(one, attempt, signal)));
  const known = await readState(attempt.folder.stopping, stoppingSchema);
  try {
    const first =
      known?.reason ??
      (await Promise.race([ended.then(() => undefined), waitForStop(attempt, launched, mark, signal)]));
    if (first === undefined) return { processes: await ended, stop: undefined };
    if (!known) await writeState(attempt.folder.stopping, { reason: first, at: attempt.clock.now() });
    attempt.log.info("ending the processes", { reason: first });
    await endProcesses({
      nonce: attempt.nonce,
      wrappers: launched.flatMap((one) => one.pid ?? []),
      sinceTicks: mark.ticks,
      graceMs: attempt.config.graceSeconds * 1000,
      clock: attempt.clock,
      signal,
    });
    return { processes: await ended, stop: first };
  } finally {
    over.abort(new Error("supervised to the end"));
    await ended.catch(() => {});
  }
}

/** Never resolves when nothing stops it; rejects when the signal is aborted. */
async function waitForStop(
  attempt: Attempt,
  launched: readonly LaunchedProcess[],
  mark: LaunchMark,
  signal: AbortSignal,
): Promise<StopReason> {
  const asked = attempt.wish.until((wish) => wish.stop !== null, signal).then((wish) => wish.stop!);
  const seconds = attempt.order.spec.timeoutSeconds;
  if (seconds === undefined) return asked;
  const leftMs = seconds * 1000 - ranForMs(attempt, launched, mark);
  return Promise.race([asked, sleepFor(leftMs, attempt, signal)]);
}

/** In pieces, because a timer holds 24 days at most. */
async function sleepFor(ms: number, { clock }: Attempt, signal: AbortSignal): Promise<StopReason> {
  const begun = clock.elapsed();
  for (let left = ms; left > 0 && !signal.aborted; left = ms - (clock.elapsed() - begun)) {
    await clock.sleep(Math.min(left, 86_400_000), signal);
  }
  signal.throwIfAborted();
  return "time-limit";
}

/** By the kernel's own clock where it tells, because an agent may be away and a wall clock may jump. */
function ranForMs({ clock }: Attempt, launched: readonly LaunchedProcess[], mark: LaunchMark): number {
  const uptime = readUptimeSeconds();
  const starts = launched.flatMap((one) =>
    one.pid === undefined ? [] : (readProcess(one.pid)?.startTicks ?? []),
  );
  if (uptime !== undefined && starts.length > 0) {
    return Math.max(0, uptime - Math.min(...starts) / ticksPerSecond) * 1000;
  }
  return Math.max(0, clock.now() - mark.at);
}

async function waitForEnd(
  one: LaunchedProcess,
  { clock }: Attempt,
  signal: AbortSignal,
): Promise<ProcessEnd> {
  if (one.failure !== undefined)
    return { name: one.name, code: undefined, at: clock.now(), failure: one.failure };
  let wake = new AbortController();
  const nudge = () => wake.abort();
  const watch = watchFolders(nudge);
  watch.add(one.folder);
  let byParent: number | undefined;
  let isOver = one.pid === undefined;
  void one.ended?.then(({ code }) => {
    byParent = code ?? undefined;
    isOver = true;
    nudge();
  });
  try {
    for (;;) {
      wake = new AbortController();
      // Asked before reading the file: a wrapper writes it and then goes.
      const isGone = isOver || (one.ended === undefined && !isAlive(one.pid ?? 0));
      const written = await readExit(one.folder);
      if (written) return { name: one.name, ...written };
      if (isGone) return { name: one.name, code: byParent, at: clock.now() };
      await clock.sleep(slowPollMs, AbortSignal.any([signal, wake.signal]));
      signal.throwIfAborted();
    }
  } finally {
    watch.close();
  }
}

const exitSchema = z.object({ code: z.int() });

/** A line without its end is not written to the end. */
async function readExit(folder: string): Promise<{ code: number; at: number } | undefined> {
  const path = join(folder, wrapperFiles.exit);
  const text = await readFile(path, "utf8").catch(() => "");
  if (!text.endsWith("\n")) return undefined;
  const { code } = exitSchema.parse(JSON.parse(text));
  return { code, at: Math.round((await stat(path)).mtimeMs) };
}
