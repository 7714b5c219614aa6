// Waits for an attempt's processes to end, or ends them when the server or the clock says so.
import { dirname, join } from "node:path";
import { z } from "zod";
import { stopReasons } from "../../core/job.ts";
import type { StopReason } from "../../core/job.ts";
import type { Attempt } from "../attempt/attempt.ts";
import { firstToFail } from "./explain-end.ts";
import type { PlannedProcess } from "../launch/plan-processes.ts";
import type { Ground, LaunchedProcess } from "../launch/ground.ts";
import type { LaunchMark } from "../launch/launch-mark.ts";
import { isAlive, readProcess, readUptimeSeconds, ticksPerSecond } from "../processes/process-table.ts";
import { readState, writeState } from "../node/state-file.ts";
import { watchFolders } from "../node/watch-folder.ts";
import { readExit, readWrapperPid, wasStarted } from "../processes/wrapper.ts";

export interface ProcessEnd {
  name: string;
  /** As a shell gives it: 128 and more for a signal. Undefined when nobody knows. */
  code?: number | undefined;
  at: number;
  failure?: string;
  /** Without a code: what the kernel, or the program that started it, says of its end. */
  told?: string | undefined;
}

/** What is supervised, and the ground that it stands on. */
export interface Site {
  plans: readonly PlannedProcess[];
  launched: readonly LaunchedProcess[];
  mark: LaunchMark;
  ground: Ground;
}

export interface SupervisedEnd {
  processes: ProcessEnd[];
  stop: StopReason | undefined;
  /** The one whose failure ended the others. */
  culprit?: ProcessEnd | undefined;
  /** Of those that another program has started: who began and left no record of its end. */
  vanished?: string[];
}

/** The others end because one has failed. */
const oneFailed = "process-failed";
/** Only services are left, and nobody needs them any more. */
const servedAll = "all-served";
const processEndSchema = z.object({
  name: z.string(),
  code: z.int().optional(),
  at: z.int(),
  told: z.string().optional(),
});
const stoppingSchema = z.object({
  reason: z.enum([...stopReasons, oneFailed, servedAll]),
  at: z.int(),
  culprit: processEndSchema.optional(),
});
type Stopping = z.infer<typeof stoppingSchema>;
const slowPollMs = 1000;
/** What is left of a job of which one process has failed cannot go on; it may say a last word. */
const peerGraceMs = 2000;

/** What mpirun has started has been told by mpirun before. */
const rankGraceMs = 1000;

/** From TERM to KILL for what is left when these have ended. */
export function graceMsAfter(
  processes: readonly ProcessEnd[],
  plans: readonly PlannedProcess[],
  graceSeconds: number,
): number {
  const graceMs = graceSeconds * 1000;
  if (processes.every(({ code }) => code === 0)) return graceMs;
  return Math.min(graceMs, plans.some(({ members }) => members.length > 0) ? rankGraceMs : peerGraceMs);
}

export async function supervise(attempt: Attempt, site: Site): Promise<SupervisedEnd> {
  const { plans, launched, mark } = site;
  const over = new AbortController();
  const signal = AbortSignal.any([attempt.signal, over.signal]);
  const ends = launched.map((one) => waitForEnd(one, attempt, signal));
  const ended = Promise.all(ends);
  try {
    const stopping =
      (await readState(attempt.folder.stopping, stoppingSchema)) ??
      (await Promise.race([
        waitForProcesses(attempt, launched, ends),
        waitForStop(attempt, launched, mark, signal).then((reason) => ({ reason })),
      ]));
    if (stopping) await stopAll(attempt, site, stopping);
    const processes = await ended;
    const { members, vanished } = readMembers(attempt, plans);
    const services = new Set(launched.filter((one) => one.isService).map((one) => one.name));
    const judged = processes.filter((one) => stopping?.reason !== servedAll || !services.has(one.name));
    const all = [...judged, ...members];
    const stop = stopping && isStopReason(stopping.reason) ? stopping.reason : undefined;
    const failed = stopping?.reason === oneFailed ? stopping.culprit : undefined;
    return { processes: all, stop, culprit: failed, vanished };
  } finally {
    over.abort(new Error("supervised to the end"));
    await ended.catch(() => {});
  }
}

const isStopReason = (reason: Stopping["reason"]): reason is StopReason =>
  (stopReasons as readonly string[]).includes(reason);

/** Resolves when all have ended by themselves, or with why those that are left are to be ended. */
async function waitForProcesses(
  { clock }: Attempt,
  launched: readonly LaunchedProcess[],
  ends: readonly Promise<ProcessEnd>[],
): Promise<Omit<Stopping, "at"> | undefined> {
  const workers = ends.filter((_, index) => !launched[index]!.isService);
  const allServed = Promise.all(workers).then(() =>
    workers.length < ends.length ? ({ reason: servedAll } as const) : undefined,
  );
  if (ends.length === 1) return allServed;
  const failure = new Promise<ProcessEnd>((resolve) => {
    for (const end of ends) void end.then((one) => one.code !== 0 && resolve(one)).catch(() => {});
  });
  const first = await Promise.race([allServed.then(() => undefined), failure]);
  if (!first) return allServed;
  // Several may have failed within a moment, one because of the other.
  await clock.sleep(20);
  const known = await Promise.all(ends.map((end) => Promise.race([end, Promise.resolve(undefined)])));
  const culprit = firstToFail(known.filter((one) => one !== undefined)) ?? first;
  return { reason: oneFailed, culprit };
}

async function stopAll(
  { folder, config, clock, log }: Attempt,
  { ground, launched, mark }: Site,
  stopping: Omit<Stopping, "at">,
): Promise<void> {
  await writeState(folder.stopping, { ...stopping, at: clock.now() });
  log.info("ending the processes", { reason: stopping.reason });
  const seconds = stopping.reason === "preempted" ? config.preemptionSeconds : config.graceSeconds;
  const graceMs = seconds * 1000;
  await ground.end(launched, mark, isStopReason(stopping.reason) ? graceMs : Math.min(graceMs, peerGraceMs));
}

/** The ends of the ranks that another program has started. */
function readMembers({ folder }: Attempt, plans: readonly PlannedProcess[]) {
  const members: ProcessEnd[] = [];
  const vanished: string[] = [];
  for (const { name } of plans.flatMap((plan) => plan.members)) {
    const file = join(folder.processes, name);
    const end = readExit(file);
    if (end) members.push({ name, ...end });
    else if (wasStarted(file)) vanished.push(name);
  }
  return { members, vanished };
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

export async function waitForEnd(
  one: LaunchedProcess,
  { clock }: Pick<Attempt, "clock">,
  signal: AbortSignal,
): Promise<ProcessEnd> {
  if (one.failure !== undefined)
    return { name: one.name, code: undefined, at: clock.now(), failure: one.failure };
  let wake = new AbortController();
  const nudge = () => wake.abort();
  const watch = watchFolders(nudge);
  // Of a child of its own the agent hears at once.
  if (!one.isOwnChild) watch.add(dirname(one.file));
  let byParent: Pick<ProcessEnd, "code" | "told"> = {};
  let overAt = one.pid === undefined && one.ended === undefined ? clock.now() : undefined;
  void one.ended?.then(
    ({ code, told }) => {
      byParent = { code: code ?? undefined, ...(told !== undefined && { told }) };
      overAt = clock.now();
      nudge();
    },
    // Only when this agent leaves, which ends the waiting as well.
    () => {},
  );
  try {
    for (;;) {
      wake = new AbortController();
      // Asked before reading the file: a wrapper writes it and then goes.
      const other = overAt === undefined || !one.isOwnChild ? undefined : otherWrapper(one);
      const isGone =
        (overAt !== undefined && (other === undefined || !isAlive(other))) ||
        (one.ended === undefined && !isAlive(one.pid ?? 0));
      const written = readExit(one.file);
      if (written) return { name: one.name, ...written };
      if (isGone) {
        const told = other === undefined ? byParent : {};
        return { name: one.name, ...told, at: overAt ?? clock.now() };
      }
      if (other !== undefined) watch.add(dirname(one.file));
      await clock.sleep(slowPollMs, AbortSignal.any([signal, wake.signal]));
      signal.throwIfAborted();
    }
  } finally {
    watch.close();
  }
}

/** One that an agent before this one started was quicker than this agent's own, and runs the command. */
function otherWrapper({ file, pid }: LaunchedProcess): number | undefined {
  const quicker = readWrapperPid(file);
  return quicker === pid ? undefined : quicker;
}
