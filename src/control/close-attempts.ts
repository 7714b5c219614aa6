// Attempts that have ended are closed: the job gets its final state, by core's table, and the node is free again.
import { finalStateOf, isFinal } from "../core/job.ts";
import type { EndReason, RunError } from "../core/job.ts";
import { causeOf, retryPolicyOf } from "../core/retry.ts";
import { describeError } from "../lib/log.ts";
import { closeAttempt, insertAttempt, openAttempts } from "../store/attempts.ts";
import type { Attempt } from "../store/attempts.ts";
import { freeNodes } from "../store/computes.ts";
import { addNote, explainJob, findJob, moveJob, setOutcome } from "../store/jobs.ts";
import { readReportedFailure, reportFailure } from "../store/reported-failure.ts";
import type { ReportedFailure } from "../store/reported-failure.ts";
import type { ControlContext } from "./context.ts";

/** Returns how many were closed. */
export async function closeAttempts(context: ControlContext): Promise<number> {
  const ended = (await openAttempts(context.store.db)).filter((attempt) => attempt.endedAt !== null);
  // At once, so that they share a commit.
  await Promise.all(ended.map((attempt) => close(context, attempt)));
  return ended.length;
}

async function close(context: ControlContext, attempt: Attempt): Promise<void> {
  const { store, clock, log } = context;
  const reason = attempt.endReason!;
  if (await retry(context, attempt, reason)) return;
  // Exit code 0 or not: a script that said that it failed has failed.
  const reported = reason === "succeeded" ? await readReportedFailure(store.db, attempt.run) : undefined;
  const state = reported ? "Failed" : finalStateOf[reason];
  // Before the job is Completed: who waits for that finds the registered versions there.
  const notes = state === "Completed" ? await registerOutputs(context, attempt.run) : [];
  const at = clock.now();
  await store.write(async (tx) => {
    if (!(await closeAttempt(tx, attempt.id, at))) return;
    await freeNodes(tx, attempt.run, at);
    for (const note of notes) await addNote(tx, attempt.run, note, at);
    await setOutcome(tx, attempt.run, {
      exitCode: attempt.exitCode,
      error: state === "Failed" ? errorOf(attempt, reason, reported) : null,
    });
    const move = {
      to: state,
      reason: reported ? firstLine(`it reported a failure: ${reported.message}`) : whyEnded(attempt, reason),
      attempt: attempt.number,
      at: attempt.endedAt ?? at,
    };
    if (await moveJob(tx, attempt.run, move)) return;
    // It succeeded before anyone heard that it ran: the table knows that way only through Finalizing.
    await moveJob(tx, attempt.run, { ...move, to: "Finalizing" });
    await moveJob(tx, attempt.run, move);
  });
  log.info("ended", { job: attempt.run, reason });
}

/** Begins the next attempt where the job's rule allows one; false when this one was the last. */
async function retry(
  { store, clock, newId, log }: ControlContext,
  attempt: Attempt,
  reason: EndReason,
): Promise<boolean> {
  const cause = causeOf[reason];
  if (!cause) return false;
  return store.write(async (tx) => {
    const job = await findJob(tx, attempt.run);
    if (!job || job.state === "CancelRequested" || isFinal(job.state)) return false;
    const { on, maxRetries } = retryPolicyOf(job.spec);
    if (!on.has(cause) || attempt.number > maxRetries) return false;
    const at = clock.now();
    if (!(await closeAttempt(tx, attempt.id, at))) return false;
    const number = attempt.number + 1;
    const why = `attempt ${attempt.number} ended: ${whyEnded(attempt, reason)}; trying again (${attempt.number} of ${maxRetries} retries)`;
    const move = { reason: why, attempt: number, at };
    // From Queued a job prepares anew; from later states the way there leads through Queued.
    await moveJob(tx, attempt.run, { ...move, to: "Queued" });
    if (!(await moveJob(tx, attempt.run, { ...move, to: "Preparing" }))) {
      await explainJob(tx, attempt.run, { ...move, to: "Preparing" });
    }
    await freeNodes(tx, attempt.run, at);
    await addNote(tx, attempt.run, { level: "warning", message: why }, at);
    await reportFailure(tx, attempt.run, null);
    await insertAttempt(tx, { id: newId(), run: attempt.run, number, agent: attempt.agent, at });
    log.info("trying again", { job: attempt.run, attempt: number, reason });
    return true;
  });
}

/** A job that succeeded has succeeded, whatever becomes of this. */
async function registerOutputs(
  context: ControlContext,
  run: string,
): ReturnType<ControlContext["registerOutputs"]> {
  try {
    return await context.registerOutputs(run);
  } catch (error) {
    const message = `its outputs could not be registered: ${describeError(error)}`;
    context.log.error(message, { job: run });
    return [{ level: "warning", message }];
  }
}

function whyEnded(attempt: Attempt, reason: EndReason): string {
  switch (reason) {
    case "succeeded":
      return "the command ended with exit code 0";
    case "canceled":
      return "canceled on request";
    case "early-termination":
      return "stopped early by its sweep";
    case "time-limit":
      return attempt.message ?? "it reached its time limit";
    case "preempted":
      return "its low-priority nodes were needed by a dedicated job";
    default:
      return firstLine(attempt.message ?? reason);
  }
}

const firstLine = (text: string): string => text.split("\n")[0]!.slice(0, 300);

/** The layout of spec section "Failures": what Azure ML's clients look for. */
function errorOf(attempt: Attempt, reason: EndReason, reported?: ReportedFailure): RunError {
  const systemReasons: readonly EndReason[] = ["process-vanished", "node-lost", "launch-failed"];
  return {
    error: {
      code: reported?.code ?? (systemReasons.includes(reason) ? "SystemError" : "UserError"),
      severity: null,
      message: reported?.message ?? attempt.message ?? reason,
      target: null,
      details: attempt.traceback === null ? [] : [{ message: attempt.traceback }],
      innerError: reported ? null : { code: reason },
    },
    correlation: { run: attempt.run, attempt: attempt.id },
    environment: attempt.agent,
    location: attempt.node ?? attempt.agent,
    time: new Date(attempt.endedAt ?? 0).toISOString(),
  };
}
