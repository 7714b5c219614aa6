// Takes every sweep one step further: notices how its trials stand, begins and stops trials, and ends it.
import type { JobState, RunError } from "../core/job.ts";
import { isFinal } from "../core/job.ts";
import { nearestName } from "../core/names.ts";
import type { Sweep } from "../core/sweep.ts";
import { stopAttempts } from "../store/attempts.ts";
import { recordEvent } from "../store/events.ts";
import { addNote, explainJob, findJob, moveJob, setOutcome } from "../store/jobs.ts";
import { setLabels } from "../store/labels.ts";
import { metricNames } from "../store/metrics.ts";
import { openSweeps } from "../store/sweeps.ts";
import { bestTrial, closeTrial, countTrials, noteTrial } from "../store/trials.ts";
import type { OpenSweep } from "../store/sweeps.ts";
import type { Db } from "../store/store.ts";
import { advanceSweep, scoreOf } from "../sweeps/advance.ts";
import type { SweepSteps } from "../sweeps/advance.ts";
import { beginTrial } from "./begin-trial.ts";
import type { ControlContext } from "./context.ts";
import { readSweepFacts } from "./sweep-facts.ts";
import type { KnownTrial, SweepKnowledge } from "./sweep-facts.ts";
import { flushSweepLog, logSweep } from "./sweep-log.ts";

/** Returns how many sweeps took a step. */
export async function advanceSweeps(context: ControlContext): Promise<number> {
  let steps = 0;
  for (const sweep of await openSweeps(context.store.db)) {
    if (await advanceOne(context, sweep)) steps++;
  }
  return steps;
}

async function advanceOne(context: ControlContext, open: OpenSweep): Promise<boolean> {
  const { store, clock, log } = context;
  const sweep = open.spec.sweep!;
  const known = await readSweepFacts(context, open, sweep);
  if (!known) return false;
  const steps = advanceSweep(known.facts);
  const ended = known.trials.filter((trial) => trial.closes);
  const news = ended.length + steps.begin.length + steps.stop.length + steps.judged.size;
  if (news === 0 && steps.cancelOpen === undefined && !steps.end && open.state !== "Starting") return false;

  const at = clock.now();
  await store.write(async (tx) => {
    if (open.state === "Starting") {
      await moveJob(tx, open.run, { to: "Running", reason: "its trials begin", attempt: 0, at });
      await logSweep(tx, open.run, at, introduction(sweep));
    }
    for (const trial of ended) await close(tx, open, sweep, trial, known, at);
    const { completed, stopped } = known.facts.tally;
    const isPrepared = completed + stopped > 0;
    for (const trial of steps.begin) {
      await beginTrial(tx, open, { ...trial, attempt: context.newId(), isPrepared }, at);
    }
    await stopEarly(tx, open, steps, known, at);
    if (steps.cancelOpen !== undefined) await cancelOpen(tx, known, steps.cancelOpen, at);
    await tellProgress(tx, open, sweep, at);
  });
  if (steps.end) await end(context, open, sweep, steps.end, known);
  if (steps.begin.length > 0) log.info("trials begun", { sweep: open.run, trials: steps.begin.length });
  return true;
}

const introduction = ({ sampling, objective, limits, earlyTermination }: Sweep): string =>
  `${limits.maxTotalTrials} trials at most, ${limits.maxConcurrentTrials} at once; ${sampling.type} sampling` +
  `${"seed" in sampling ? ` with seed ${sampling.seed}` : ""}; to ${objective.goal} ${objective.primaryMetric}` +
  (earlyTermination ? `; early termination by ${earlyTermination.type}` : "");

async function close(
  tx: Db,
  open: OpenSweep,
  sweep: Sweep,
  trial: KnownTrial,
  known: SweepKnowledge,
  at: number,
): Promise<void> {
  const score = scoreOf(trial.values, sweep.objective.goal);
  const state = trial.closes!;
  if (!(await closeTrial(tx, trial.run, { state, values: trial.values, score }))) return;
  const why = state === "failed" ? await whyFailed(tx, trial.run) : "";
  const result =
    score === undefined
      ? why || `without ${sweep.objective.primaryMetric}`
      : `${sweep.objective.primaryMetric} ${score}${why && `; ${why}`}`;
  await logSweep(
    tx,
    open.run,
    at,
    `trial ${trial.number} ${state === "stopped" ? "stopped early" : state}: ${result}`,
  );
  const isFirst = known.closedBefore === 0 && trial === known.trials.find((one) => one.closes);
  if (isFirst && score === undefined && state === "completed") {
    await addNote(
      tx,
      open.run,
      { level: "warning", message: await noMetric(tx, trial.run, sweep.objective.primaryMetric) },
      at,
    );
  }
}

/** In a line, so that nobody has to look for the trial to learn it. */
async function whyFailed(db: Db, run: string): Promise<string> {
  const job = await findJob(db, run);
  // A trial that reached its time limit counts as failed, but its job is Canceled, which is no error.
  const message = job?.error?.error.message ?? job?.reason ?? "";
  return message.split("\n")[0]!.slice(0, 300);
}

async function noMetric(tx: Db, run: string, metric: string): Promise<string> {
  const names = await metricNames(tx, run);
  const nearest = nearestName(metric, names);
  return (
    `the first trial ended without logging the primary metric ${JSON.stringify(metric)}; it logged ` +
    `${names.length === 0 ? "no metric at all" : names.join(", ")}${nearest === undefined ? "" : `. Did you mean ${nearest}?`}`
  );
}

async function stopEarly(
  tx: Db,
  open: OpenSweep,
  steps: SweepSteps,
  known: SweepKnowledge,
  at: number,
): Promise<void> {
  const { goal } = open.spec.sweep!.objective;
  const byNumber = new Map(known.trials.map((trial) => [trial.number, trial]));
  for (const [number, judged] of steps.judged) {
    const trial = byNumber.get(number)!;
    await noteTrial(tx, trial.run, { score: scoreOf(trial.values, goal), judged });
  }
  for (const { number, why } of steps.stop) {
    const { run } = byNumber.get(number)!;
    await moveJob(tx, run, { to: "CancelRequested", reason: `stopped early: ${why}`, attempt: 0, at });
    await stopAttempts(tx, run, "early-termination");
    await logSweep(tx, open.run, at, `trial ${number} is stopped early: ${why}`);
  }
}

async function cancelOpen(tx: Db, known: SweepKnowledge, why: string, at: number): Promise<void> {
  for (const trial of known.trials) {
    if (trial.closes || isFinal(trial.jobState) || trial.stopping) continue;
    const reason = `its sweep ends: ${why}`;
    await moveJob(tx, trial.run, { to: "CancelRequested", reason, attempt: 0, at });
    await stopAttempts(tx, trial.run, "canceled");
  }
}

/** The sweep's reason is its progress, so that every list shows it. */
async function tellProgress(tx: Db, open: OpenSweep, sweep: Sweep, at: number): Promise<void> {
  const counts = await countTrials(tx, open.run);
  const best = await bestTrial(tx, open.run, sweep.objective.goal);
  const ended = counts.total - counts.open;
  const details = [
    counts.failed > 0 ? `${counts.failed} failed` : "",
    counts.stopped > 0 ? `${counts.stopped} stopped early` : "",
    best ? `best ${sweep.objective.primaryMetric} ${best.score} in trial ${best.number}` : "",
  ].filter((part) => part !== "");
  const reason = [`${ended} of ${sweep.limits.maxTotalTrials} trials ended`, ...details].join(", ");
  await explainJob(tx, open.run, { to: "Running", reason, attempt: 0, at });
  await recordEvent(tx, at, open.run, {
    kind: "sweep.changed",
    trials: counts.total,
    ended,
    best: best ? { run: best.run, score: best.score } : null,
  });
  await setLabels(tx, open.run, "property", {
    ...(best && { best_child_run_id: best.run, score: String(best.score) }),
    primary_metric_config: JSON.stringify({
      name: sweep.objective.primaryMetric,
      goal: sweep.objective.goal,
    }),
  });
}

async function end(
  context: ControlContext,
  open: OpenSweep,
  sweep: Sweep,
  how: { state: JobState; reason: string },
  known: SweepKnowledge,
): Promise<void> {
  const { store, clock } = context;
  const at = clock.now();
  const best = await bestTrial(store.db, open.run, sweep.objective.goal);
  const bestWords = best
    ? `; best ${sweep.objective.primaryMetric} ${best.score} in trial ${best.number}`
    : "";
  const lastWords = `${how.state}: ${how.reason}${bestWords}`;
  await store.write((tx) => logSweep(tx, open.run, at, lastWords));
  // Who waits for the end finds the whole log.
  await flushSweepLog(context, open.run, true);
  await store.write(async (tx) => {
    const error = how.state === "Failed" ? await errorOf(tx, open, how.reason, known, at) : null;
    await setOutcome(tx, open.run, { exitCode: null, error });
    const move = { reason: `${how.reason}${bestWords}`, attempt: 0, at };
    await moveJob(tx, open.run, { ...move, to: how.state });
  });
  context.log.info("ended", { sweep: open.run, reason: how.reason });
}

/** What a failed sweep says is what its last failed trial says, which stands for the others. */
async function errorOf(
  tx: Db,
  open: OpenSweep,
  reason: string,
  { trials }: SweepKnowledge,
  at: number,
): Promise<RunError> {
  const failed = trials.findLast((trial) => trial.state === "failed");
  const error = failed && (await findJob(tx, failed.run))?.error?.error;
  const hint = failed
    ? `; the last of them was ${failed.run}: ${error?.message ?? `trainyard job show -n ${failed.run} says why`}`
    : "";
  return {
    error: {
      code: error?.code ?? "UserError",
      severity: null,
      message: `${reason}${hint}`,
      target: null,
      details: error?.details ?? [],
      innerError: error?.innerError ?? null,
    },
    correlation: { run: failed?.run ?? open.run, attempt: "" },
    environment: "",
    location: "",
    time: new Date(at).toISOString(),
  };
}
