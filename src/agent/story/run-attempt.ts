// The story of one attempt, from its work order to its delivered end. An agent that starts anew begins it again, and
// every step finds on disk how far it came: nothing is done twice that may happen only once.
import type { Attempt } from "../attempt/attempt.ts";
import { createParcel } from "../attempt/parcel.ts";
import type { Parcel } from "../attempt/parcel.ts";
import { attemptEndSchema, endWithout } from "../attempt/attempt-end.ts";
import type { AttemptEnd } from "../attempt/attempt-end.ts";
import { collectOutputs, uploadWithProgress, warn } from "../outputs/collect.ts";
import { describeFailedPreparation } from "./failed-preparation.ts";
import { explainEnd } from "./explain-end.ts";
import { findPlacement } from "../launch/placement.ts";
import type { Placement } from "../launch/placement.ts";
import { planProcesses } from "../launch/plan-processes.ts";
import type { PlannedProcess } from "../launch/plan-processes.ts";
import { findGround } from "../launch/find-ground.ts";
import type { Ground, LaunchedProcess } from "../launch/ground.ts";
import { markLaunch, readLaunchMark } from "../launch/launch-mark.ts";
import type { LaunchMark } from "../launch/launch-mark.ts";
import { startMergedLog } from "../shipping/merge-logs.ts";
import { prepare } from "./prepare.ts";
import type { Prepared } from "../attempt/prepared.ts";
import { readOomKills } from "../processes/process-table.ts";
import { createShipping } from "../shipping/shipping.ts";
import type { Shipping } from "../shipping/shipping.ts";
import { readState, writeState } from "../node/state-file.ts";
import { graceMsAfter, supervise } from "./supervise.ts";
import { startSystemMetrics } from "./system-metrics.ts";
import { uploadFiles } from "../shipping/upload-files.ts";
import { lockArtifact } from "./describe-lock.ts";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

export async function runAttempt(attempt: Attempt, isResumed: boolean): Promise<void> {
  const shipping = createShipping(attempt, isResumed);
  const known = await readState(attempt.folder.end, attemptEndSchema);
  const { end, lock } = known
    ? { end: known, lock: (await readLaunchMark(attempt.folder))?.prepared.lock }
    : await bringToEnd(attempt, shipping);
  // Of an attempt that another agent began nobody knows how much has been sent: the server is asked, piece by piece.
  const parcel = isResumed ? undefined : createParcel();
  await deliver(attempt, shipping, { end, lock, parcel });
  await tellEnd(attempt, end, parcel);
}

interface Ended {
  end: AttemptEnd;
  /** What the environment turned out to be, if there was one. */
  lock: string | undefined;
}

async function bringToEnd(attempt: Attempt, shipping: Shipping): Promise<Ended> {
  const prepared = await prepareUnlessStopped(attempt);
  const end = "reason" in prepared ? prepared : await lead(attempt, prepared, shipping);
  await writeState(attempt.folder.end, end);
  return { end, lock: "reason" in prepared ? undefined : prepared.lock };
}

async function lead(attempt: Attempt, prepared: Prepared, shipping: Shipping): Promise<AttemptEnd> {
  const stopped = await waitForGo(attempt);
  if (stopped) return stopped;
  // A container's name holds its node's, by which the next agent finds it.
  const placement = await findPlacement(attempt, { isNamedByNode: prepared.container !== undefined });
  const plans = await planProcesses(attempt, prepared, placement);
  const programs = userPrograms(plans);
  const merged =
    programs.length > 1
      ? await startMergedLog(attempt, programs, describePlacement(programs, placement))
      : undefined;
  const ground = findGround(attempt, prepared);
  const mark = await markLaunch(attempt.folder, prepared, attempt.clock.now());
  const launched = await launchAll(attempt, plans, mark, ground);
  shipping.start();
  attempt.reporter.report("Running", describeStart(programs, placement), mark.at);
  const metrics = startSystemMetrics(attempt, { plans, placement, launched, mark });
  const supervised = await supervise(attempt, { plans, launched, mark, ground });
  await metrics.stop();
  const lastAt = Math.max(mark.at, ...supervised.processes.map((one) => one.at));
  attempt.reporter.report("Finalizing", "collecting outputs and logs", lastAt);
  const graceMs = graceMsAfter(supervised.processes, plans, attempt.config.graceSeconds);
  const { sawOomKill } = await sweepUp(attempt, { launched, mark, ground, graceMs });
  await merged?.close();
  const known = [...plans, ...programs];
  return explainEnd(supervised, {
    logFiles: Object.fromEntries(
      known.map(({ name, logFile }) => [name, join(attempt.folder.logs, logFile)]),
    ),
    ...(known.length > 2 && { nodes: Object.fromEntries(known.map(({ name, node }) => [name, node])) }),
    nodeNames: placement.nodes.map(({ name }) => name),
    sawOomKill: sawOomKill || (readOomKills() ?? 0) > (mark.oomKills ?? Infinity),
    timeoutSeconds: attempt.order.spec.timeoutSeconds,
  });
}

/** The processes that run the user's command. */
const userPrograms = (plans: readonly PlannedProcess[]) =>
  plans.flatMap(({ name, node, logFile, members }) =>
    members.length > 0 ? members : [{ name, node, logFile }],
  );

const describeStart = (programs: readonly unknown[], { nodes }: Placement): string =>
  programs.length === 1 ? "the command runs" : `${programs.length} processes run on ${nodes.length} nodes`;

const describePlacement = (programs: ReturnType<typeof userPrograms>, { nodes }: Placement): string =>
  nodes
    .map(({ name, address }) => {
      const here = programs.filter(({ node }) => node === name).map((program) => program.name);
      return `${name} (${address}): ${here.join(", ")}`;
    })
    .join("; ");

async function prepareUnlessStopped(attempt: Attempt): Promise<Prepared | AttemptEnd> {
  const stop = new AbortController();
  const done = new AbortController();
  const watched = attempt.wish
    .until((wish) => wish.stop !== null, AbortSignal.any([attempt.signal, done.signal]))
    .then(
      () => stop.abort(),
      () => {},
    );
  try {
    return await prepare(attempt, AbortSignal.any([attempt.signal, stop.signal]));
  } catch (error) {
    attempt.signal.throwIfAborted();
    if (stop.signal.aborted) return endStopped(attempt);
    return describeFailedPreparation(attempt, error);
  } finally {
    done.abort();
    await watched;
  }
}

const endStopped = ({ wish }: Attempt): AttemptEnd =>
  endWithout(wish.get().stop ?? "canceled", "stopped before the command ran");

/** Prepared, it waits until it has its node. Returns an end when it is not to run at all. */
async function waitForGo(attempt: Attempt): Promise<AttemptEnd | undefined> {
  if (await readLaunchMark(attempt.folder)) return undefined;
  const { queueReason } = attempt.wish.get();
  if (!attempt.order.prepared)
    attempt.reporter.report("Queued", queueReason || "prepared; waiting for its node");
  const wish = await attempt.wish.until(({ go, stop }) => go || stop !== null, attempt.signal);
  return wish.stop === null ? undefined : endStopped(attempt);
}

async function launchAll(
  attempt: Attempt,
  plans: readonly PlannedProcess[],
  mark: LaunchMark,
  ground: Ground,
): Promise<LaunchedProcess[]> {
  const launched = await ground.launch(plans, mark);
  for (const { name, pid } of launched) attempt.log.info("process started or found", { process: name, pid });
  return launched;
}

/** Whatever the processes left running, in whichever session it is by now, ends with them. */
async function sweepUp(
  attempt: Attempt,
  site: { launched: LaunchedProcess[]; mark: LaunchMark; ground: Ground; graceMs: number },
): Promise<{ sawOomKill: boolean }> {
  const { found, left } = await site.ground.end(site.launched, site.mark, site.graceMs);
  if (found > 0) attempt.logs.write("job-post", `ended ${found} processes that were left running`);
  if (left.length > 0) warn(attempt, `these processes would not end: ${left.join(", ")}`);
  return site.ground.clear();
}

async function deliver(
  attempt: Attempt,
  shipping: Shipping,
  { end, lock, parcel }: Ended & { parcel: Parcel | undefined },
): Promise<void> {
  const { logs, folder, order, call, signal } = attempt;
  const { lines, warnings, toUpload } = await shipping.finish(parcel);
  for (const line of lines) logs.write("job-post", line);
  for (const warning of warnings) warn(attempt, warning);
  if (toUpload.length > 0) await uploadWithProgress(attempt, "logs sent as a whole", toUpload);
  await collectOutputs(attempt);
  logs.write("job-post", `end: ${end.reason}${end.message === null ? "" : `: ${end.message}`}`);
  logs.finish("job-post");
  const isTaken = await logs.close(parcel, lock === undefined ? undefined : [lockArtifact, lock]);
  // Without it nobody could say later which packages the run had.
  if (lock !== undefined && !isTaken) {
    const path = join(folder.root, "environment-lock.txt");
    writeFileSync(path, lock);
    await uploadFiles([{ path, artifact: lockArtifact }], { run: order.run, call, signal });
  }
}

/** Only now: everything of it is at the server and durable, or goes along. */
async function tellEnd(attempt: Attempt, end: AttemptEnd, parcel: Parcel | undefined): Promise<void> {
  const reports = await attempt.reporter.takeRest();
  const params = { attempt: attempt.order.attempt };
  const epoch = await attempt.epoch();
  const body = { ...end, reports, epoch, at: attempt.clock.now(), ...parcel?.content };
  await attempt.call((client, options) => client.endAttempt({ params, body }, options), attempt);
  attempt.log.info("attempt ended", { reason: end.reason, exitCode: end.exitCode ?? undefined });
}
