// Trials: what each sweep has begun, how far each came, and what it logged.
import type { EndReason, JobState } from "../core/job.ts";
import type { Objective, Parameters, TrialState } from "../core/sweep.ts";
import type { Db } from "./store.ts";

export type ClosedTrialState = Exclude<TrialState, "waiting" | "running">;

export interface TrialRow {
  number: number;
  run: string;
  parameters: Parameters;
  /** Null while the sweep has not taken notice of its end. */
  state: ClosedTrialState | null;
  /** Kept when it is closed; empty until then. */
  values: number[];
  /** Best value of the primary metric; null when there is none, or while it is open. */
  score: number | null;
  /** How many of its values a stopper has judged. */
  judged: number;
  jobState: JobState;
  /** Of its last attempt. */
  endReason: EndReason | null;
  stopping: boolean;
  startedAt: number | null;
  endedAt: number | null;
}

/** By number; `onlyOpen` leaves out those that are closed, `after` those up to that number. */
export async function readTrials(
  db: Db,
  sweep: string,
  options: { onlyOpen?: boolean; after?: number; limit?: number } = {},
): Promise<TrialRow[]> {
  let select = db
    .selectFrom("trials")
    .innerJoin("runs", "runs.id", "trials.run_id")
    .leftJoin("attempts", (join) =>
      join.onRef("attempts.run_id", "=", "trials.run_id").on((on) =>
        on(
          "attempts.number",
          "=",
          on
            .selectFrom("attempts as last")
            .select((of) => of.fn.max("last.number").as("number"))
            .whereRef("last.run_id", "=", "trials.run_id"),
        ),
      ),
    )
    .select([
      "trials.number",
      "trials.run_id",
      "trials.parameters",
      "trials.state",
      "trials.values",
      "trials.score",
      "trials.judged",
      "runs.state as job_state",
      "runs.started_at",
      "runs.ended_at",
      "attempts.end_reason",
      "attempts.stop",
    ])
    .where("trials.sweep_id", "=", sweep)
    .orderBy("trials.number");
  if (options.onlyOpen) select = select.where("trials.state", "is", null);
  if (options.after !== undefined) select = select.where("trials.number", ">", options.after);
  if (options.limit !== undefined) select = select.limit(options.limit);
  return (await select.execute()).map((row) => ({
    number: row.number,
    run: row.run_id,
    parameters: JSON.parse(row.parameters) as Parameters,
    state: row.state as ClosedTrialState | null,
    values: row.values === null ? [] : readValues(row.values),
    score: row.score,
    judged: row.judged,
    jobState: row.job_state as JobState,
    endReason: row.end_reason as EndReason | null,
    stopping: row.stop !== null || row.job_state === "CancelRequested",
    startedAt: row.started_at,
    endedAt: row.ended_at,
  }));
}

/** JSON knows no NaN and no infinities: null and two words stand for them. */
const writeValues = (values: readonly number[]): string =>
  JSON.stringify(values.map((value) => (Number.isFinite(value) ? value : String(value))));
const readValues = (text: string): number[] => (JSON.parse(text) as (number | string)[]).map(Number);

/** How open trials stand: the value that each logged last, and its best one. NaN is logged, and never the best. */
export async function readStandings(
  db: Db,
  runs: readonly string[],
  { primaryMetric, goal }: Objective,
): Promise<Map<string, { latest: number; score: number | null }>> {
  if (runs.length === 0) return new Map();
  const rows = await db
    .selectFrom("runs")
    .innerJoin("metric_series", "metric_series.run_seq", "runs.seq")
    .select(["runs.id", "metric_series.last", "metric_series.min", "metric_series.max"])
    .where("runs.id", "in", runs)
    .where("metric_series.name", "=", primaryMetric)
    .where("metric_series.kind", "=", "scalar")
    .execute();
  return new Map(
    rows.map(({ id, last, min, max }) => [
      id,
      { latest: last ?? Number.NaN, score: goal === "minimize" ? min : max },
    ]),
  );
}

export interface TrialCounts {
  total: number;
  open: number;
  completed: number;
  failed: number;
  canceled: number;
  stopped: number;
}

export async function countTrials(db: Db, sweep: string): Promise<TrialCounts> {
  const rows = await db
    .selectFrom("trials")
    .select((of) => ["state", of.fn.countAll<number>().as("count")])
    .where("sweep_id", "=", sweep)
    .groupBy("state")
    .execute();
  const counts: TrialCounts = { total: 0, open: 0, completed: 0, failed: 0, canceled: 0, stopped: 0 };
  for (const row of rows) {
    counts.total += row.count;
    counts[(row.state ?? "open") as keyof TrialCounts] = row.count;
  }
  return counts;
}

/** The trial with the best score, the earliest of equal ones. */
export async function bestTrial(
  db: Db,
  sweep: string,
  goal: "minimize" | "maximize",
): Promise<{ run: string; number: number; score: number; parameters: Parameters } | undefined> {
  const row = await db
    .selectFrom("trials")
    .select(["run_id", "number", "score", "parameters"])
    .where("sweep_id", "=", sweep)
    .where("score", "is not", null)
    .orderBy("score", goal === "minimize" ? "asc" : "desc")
    .orderBy("number")
    .limit(1)
    .executeTakeFirst();
  return (
    row && {
      run: row.run_id,
      number: row.number,
      score: row.score!,
      parameters: JSON.parse(row.parameters) as Parameters,
    }
  );
}

/** The same, with what those that have not ended logged so far. */
export async function bestTrialSoFar(
  db: Db,
  sweep: string,
  objective: Objective,
): ReturnType<typeof bestTrial> {
  let best = await bestTrial(db, sweep, objective.goal);
  const open = await readTrials(db, sweep, { onlyOpen: true });
  const runs = open.map(({ run }) => run);
  const standings = await readStandings(db, runs, objective);
  for (const { run, number, parameters } of open) {
    const score = standings.get(run)?.score ?? null;
    if (score === null) continue;
    const isBetter = !best || (objective.goal === "minimize" ? score < best.score : score > best.score);
    if (isBetter) best = { run, number, score, parameters };
  }
  return best;
}

export async function insertTrial(
  tx: Db,
  trial: { sweep: string; number: number; run: string; parameters: Parameters },
): Promise<void> {
  await tx
    .insertInto("trials")
    .values({
      sweep_id: trial.sweep,
      number: trial.number,
      run_id: trial.run,
      parameters: JSON.stringify(trial.parameters),
      state: null,
      values: null,
      score: null,
    })
    .execute();
}

/** Keeps how a trial ended; false when that is kept already. */
export async function closeTrial(
  tx: Db,
  run: string,
  end: { state: ClosedTrialState; values: readonly number[]; score: number | undefined },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("trials")
    .set({ state: end.state, values: writeValues(end.values), score: end.score ?? null })
    .where("run_id", "=", run)
    .where("state", "is", null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Keeps the best value of an open trial and how many of its values have been judged. */
export async function noteTrial(
  tx: Db,
  run: string,
  known: { score: number | undefined; judged: number },
): Promise<void> {
  await tx
    .updateTable("trials")
    .set({ score: known.score ?? null, judged: known.judged })
    .where("run_id", "=", run)
    .where("state", "is", null)
    .execute();
}

/** The values that each of these runs logged under the name, in the order of logging. */
export async function readMetricValues(
  db: Db,
  runs: readonly string[],
  name: string,
): Promise<Map<string, number[]>> {
  const found = new Map<string, number[]>();
  if (runs.length === 0) return found;
  const rows = await db
    .selectFrom("runs")
    .innerJoin("metric_series", "metric_series.run_seq", "runs.seq")
    .innerJoin("metric_points", "metric_points.series", "metric_series.id")
    .select(["runs.id", "metric_points.value"])
    .where("runs.id", "in", runs)
    .where("metric_series.name", "=", name)
    .orderBy("metric_points.series")
    .orderBy("metric_points.idx")
    .execute();
  for (const row of rows) {
    const values = found.get(row.id) ?? [];
    values.push(row.value ?? Number.NaN);
    found.set(row.id, values);
  }
  return found;
}
