// Reads what the next step of a sweep depends on.
import { isFinal } from "../core/job.ts";
import type { Sampling, Sweep, Trial, TrialState } from "../core/sweep.ts";
import { findCompute } from "../store/computes.ts";
import { findJob } from "../store/jobs.ts";
import { countTrials, readMetricValues, readOpenTrials, readTrials } from "../store/trials.ts";
import type { OpenSweep } from "../store/sweeps.ts";
import type { ClosedTrialState, TrialRow } from "../store/trials.ts";
import type { Db } from "../store/store.ts";
import type { SweepFacts, SweepTrial, TrialTally } from "../sweeps/advance.ts";
import { createSampler } from "../sweeps/samplers/index.ts";
import { createStopper } from "../sweeps/stoppers/index.ts";
import type { ControlContext } from "./context.ts";

export interface KnownTrial extends SweepTrial {
  run: string;
  jobState: TrialRow["jobState"];
  /** It has ended, and the sweep takes notice of that now. */
  closes: ClosedTrialState | undefined;
}

export interface SweepKnowledge {
  facts: SweepFacts;
  trials: KnownTrial[];
  /** How many trials had been closed before. */
  closedBefore: number;
}

/** Undefined when there is nothing that a step could follow from. */
export async function readSweepFacts(
  context: ControlContext,
  open: OpenSweep,
  sweep: Sweep,
): Promise<SweepKnowledge | undefined> {
  const { db } = context.store;
  const { searchSpace, sampling, objective, earlyTermination, limits } = sweep;
  const counts = await countTrials(db, open.run);
  const present = await readOpenTrials(db, open.run);
  const closing = present.filter((row) => isFinal(row.jobState));
  const mostOpen = Math.min(limits.maxConcurrentTrials, await usefulTrials(db, open, sampling));
  const hasRoom = counts.total < limits.maxTotalTrials && present.length - closing.length < mostOpen;
  const runForMs = context.clock.now() - (open.startedAt ?? context.clock.now());
  const isOver = open.state !== "Running" || runForMs >= (limits.timeoutSeconds ?? Infinity) * 1000;
  if (!isOver && !hasRoom && closing.length === 0 && present.length > 0 && !earlyTermination)
    return undefined;

  const looked = earlyTermination ? present : closing;
  const values = await readMetricValues(
    db,
    looked.map((row) => row.run),
    objective.primaryMetric,
  );
  const wantsHistory = earlyTermination !== undefined || (sampling.type === "bayesian" && hasRoom);
  const rows = wantsHistory ? await readTrials(db, open.run) : present;
  const trials = rows.map((row) => knownTrial(row, values.get(row.run) ?? row.values));
  const tally: TrialTally = { ...counts };
  for (const { closes } of trials) if (closes) tally[closes]++;
  return {
    trials,
    closedBefore: counts.total - counts.open,
    facts: {
      sweep,
      sampler: createSampler(searchSpace, sampling, objective),
      stopper: earlyTermination && createStopper(earlyTermination, objective),
      trials,
      tally,
      mostOpen,
      ...(hasRoom ? await readEarlier(context.store, sweep) : { earlier: [], firstProposal: 0 }),
      canceling: open.state === "CancelRequested",
      runForMs,
    },
  };
}

/**
 * More than its compute can run would only wait. One that does not learn from the others may prepare itself meanwhile,
 * so that a node never waits for it.
 */
async function usefulTrials(db: Db, { spec }: OpenSweep, sampling: Sampling): Promise<number> {
  const compute = await findCompute(db, spec.compute.target);
  const nodes = Math.floor((compute?.maxInstances ?? 1) / spec.compute.instanceCount);
  return Math.max(1, sampling.type === "bayesian" ? nodes : 2 * nodes);
}

function knownTrial(row: TrialRow, values: number[]): KnownTrial {
  const closes = row.state === null && isFinal(row.jobState) ? endOf(row) : undefined;
  const { number, run, parameters, jobState, stopping, judged } = row;
  const state: TrialState = row.state ?? closes ?? (jobState === "Running" ? "running" : "waiting");
  return { number, run, parameters, jobState, stopping, judged, values, state, closes };
}

function endOf({ jobState, endReason }: TrialRow): ClosedTrialState {
  if (jobState === "Completed") return "completed";
  if (jobState === "Failed" || endReason === "time-limit") return "failed";
  return endReason === "early-termination" ? "stopped" : "canceled";
}

/** The trials that the sweep goes on from, and where the sampler's count goes on. */
async function readEarlier(
  { db }: ControlContext["store"],
  sweep: Sweep,
): Promise<{ earlier: Trial[]; firstProposal: number }> {
  const earlier: Trial[] = [];
  let firstProposal = 0;
  for (const run of sweep.resumeFrom ?? []) {
    const rows = await readTrials(db, run);
    const known = await findJob(db, run);
    if (JSON.stringify(known?.spec.sweep?.sampling) === JSON.stringify(sweep.sampling)) {
      firstProposal += rows.length;
    }
    for (const { parameters, values, state } of rows) {
      if (state !== null) earlier.push({ number: 0, parameters, values, state });
    }
  }
  return {
    earlier: earlier.map((trial, index) => ({ ...trial, number: index - earlier.length })),
    firstProposal,
  };
}
