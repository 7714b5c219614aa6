// A job as the API shows it, put together from its rows.
import { asWireSpec } from "../../api/job-spec.ts";
import type { Job } from "../../api/jobs.ts";
import type { Event } from "../../core/event.ts";
import { isFinal } from "../../core/job.ts";
import type { JobState } from "../../core/job.ts";
import { lastAttempts } from "../../store/attempts.ts";
import { readJobEvents } from "../../store/events.ts";
import { readNotes } from "../../store/jobs.ts";
import type { JobRow } from "../../store/jobs.ts";
import { noLabels, readLabels } from "../../store/labels.ts";
import { waitingAttempts } from "../../store/queue.ts";
import { bestTrialSoFar, countTrials } from "../../store/trials.ts";
import type { Db } from "../../store/store.ts";

export async function describeJobs(db: Db, rows: readonly JobRow[]): Promise<Job[]> {
  const runs = rows.map((row) => row.run);
  const labels = await readLabels(db, runs);
  const notes = await readNotes(db, runs);
  const attempts = await lastAttempts(db, runs);
  const events = await readJobEvents(db, runs);
  const waiting = rows.some((row) => row.state === "Queued") ? await waitingAttempts(db) : [];
  const summaries = await summarizeSweeps(db, rows);
  return rows.map((row) => {
    const own = labels.get(row.run) ?? noLabels();
    return {
      name: row.run,
      number: row.number,
      kind: row.spec.sweep ? "sweep" : "command",
      experimentName: row.experimentName,
      displayName: row.displayName,
      description: row.description,
      state: row.state,
      reason: row.reason,
      stateSince: row.stateSince,
      phases: phasesOf(events.get(row.run) ?? [], row),
      queuePosition: positionOf(row, waiting),
      attempt: attempts.get(row.run)?.number ?? 0,
      createdAt: row.createdAt,
      startedAt: row.startedAt,
      endedAt: row.endedAt,
      exitCode: row.exitCode,
      error: row.error && { ...row.error },
      notes: notes.get(row.run) ?? [],
      tags: own.tag,
      properties: own.property,
      archived: row.archived,
      parent: row.parent,
      createdBy: row.createdBy,
      spec: asWireSpec(row.spec),
      ...(summaries.has(row.run) && { trials: summaries.get(row.run)! }),
    };
  });
}

async function summarizeSweeps(
  db: Db,
  rows: readonly JobRow[],
): Promise<Map<string, NonNullable<Job["trials"]>>> {
  const summaries = new Map<string, NonNullable<Job["trials"]>>();
  for (const { run, spec } of rows) {
    if (!spec.sweep) continue;
    const best = (await bestTrialSoFar(db, run, spec.sweep.objective)) ?? null;
    summaries.set(run, { ...(await countTrials(db, run)), best });
  }
  return summaries;
}

export async function describeOneJob(db: Db, row: JobRow): Promise<Job> {
  return (await describeJobs(db, [row]))[0]!;
}

/** One entry a state, in order; a new reason for the same state replaces the older one. */
function phasesOf(events: readonly Event[], row: JobRow): Job["phases"] {
  const phases: {
    state: JobState;
    reason: string;
    attempt: number;
    startedAt: number;
    endedAt: number | null;
  }[] = [];
  for (const { at, body } of events) {
    if (body.kind !== "job.state") continue;
    const last = phases.at(-1);
    if (last?.state === body.state && last.attempt === body.attempt) {
      last.reason = body.reason;
      continue;
    }
    if (last) last.endedAt = at;
    phases.push({
      state: body.state,
      reason: body.reason,
      attempt: body.attempt,
      startedAt: at,
      endedAt: null,
    });
  }
  const last = phases.at(-1);
  if (last && isFinal(row.state)) last.endedAt = last.startedAt;
  return phases;
}

function positionOf(row: JobRow, waiting: readonly { run: string; target: string }[]): number | null {
  if (row.state !== "Queued") return null;
  const line = waiting.filter((attempt) => attempt.target === row.target);
  const index = line.findIndex((attempt) => attempt.run === row.run);
  return index < 0 ? null : index + 1;
}
