// Trials: what each sweep has begun, how far each came, and what it logged.
import type { EndReason, JobState } from "../core/job.ts";
import type { Objective, Parameters, TrialState } from "../core/sweep.ts";
import { compiled, prepared } from "./prepared.ts";
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

const selectTrials = (db: Db, sweep: string) =>
  db
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

type SelectedTrial = Awaited<ReturnType<ReturnType<typeof selectTrials>["executeTakeFirstOrThrow"]>>;

const openOf = compiled((db, { sweep }: { sweep: string }) =>
  selectTrials(db, sweep).where("trials.state", "is", null),
);

/** Those that are not closed, by number. */
export const readOpenTrials = async (db: Db, sweep: string): Promise<TrialRow[]> =>
  (await openOf(db, { sweep })).map(trialOf);

/** By number; `after` leaves out those up to that number. */
export async function readTrials(
  db: Db,
  sweep: string,
  options: { after?: number; limit?: number } = {},
): Promise<TrialRow[]> {
  let select = selectTrials(db, sweep);
  if (options.after !== undefined) select = select.where("trials.number", ">", options.after);
  if (options.limit !== undefined) select = select.limit(options.limit);
  return (await select.execute()).map(trialOf);
}

function trialOf(row: SelectedTrial): TrialRow {
  return {
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
  };
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

const countByState = prepared<{ state: string | null; count: number }>(
  "select state, count(*) as count from trials where sweep_id = ? group by state",
);

export async function countTrials(db: Db, sweep: string): Promise<TrialCounts> {
  const rows = await countByState(db, sweep);
  const counts: TrialCounts = { total: 0, open: 0, completed: 0, failed: 0, canceled: 0, stopped: 0 };
  for (const row of rows) {
    counts.total += row.count;
    counts[(row.state ?? "open") as keyof TrialCounts] = row.count;
  }
  return counts;
}

const bestFirst = (order: "asc" | "desc") =>
  prepared<{ run_id: string; number: number; score: number; parameters: string }>(
    `select run_id, number, score, parameters from trials where sweep_id = ? and score is not null
     order by score ${order}, number limit 1`,
  );
const bestOf = { minimize: bestFirst("asc"), maximize: bestFirst("desc") };

/** The trial with the best score, the earliest of equal ones. */
export async function bestTrial(
  db: Db,
  sweep: string,
  goal: "minimize" | "maximize",
): Promise<{ run: string; number: number; score: number; parameters: Parameters } | undefined> {
  const [row] = await bestOf[goal](db, sweep);
  return (
    row && {
      run: row.run_id,
      number: row.number,
      score: row.score,
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
  const open = await readOpenTrials(db, sweep);
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

const insertRow = prepared<never>(
  "insert into trials (sweep_id, number, run_id, parameters) values (?, ?, ?, ?)",
);

export async function insertTrial(
  tx: Db,
  trial: { sweep: string; number: number; run: string; parameters: Parameters },
): Promise<void> {
  await insertRow(tx, trial.sweep, trial.number, trial.run, JSON.stringify(trial.parameters));
}

const closeRow = prepared<{ run_id: string }>(
  'update trials set state = ?, "values" = ?, score = ? where run_id = ? and state is null returning run_id',
);

/** Keeps how a trial ended; false when that is kept already. */
export async function closeTrial(
  tx: Db,
  run: string,
  end: { state: ClosedTrialState; values: readonly number[]; score: number | undefined },
): Promise<boolean> {
  const closed = await closeRow(tx, end.state, writeValues(end.values), end.score ?? null, run);
  return closed.length === 1;
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

const valuesOf = prepared<{ id: string; value: number | null }>(
  `select runs.id, metric_points.value from runs join metric_series on metric_series.run_seq = runs.seq
   join metric_points on metric_points.series = metric_series.id
   where runs.id in (select value from json_each(?)) and metric_series.name = ?
   order by metric_points.series, metric_points.idx`,
);

/** The values that each of these runs logged under the name, in the order of logging. */
export async function readMetricValues(
  db: Db,
  runs: readonly string[],
  name: string,
): Promise<Map<string, number[]>> {
  const found = new Map<string, number[]>();
  if (runs.length === 0) return found;
  const rows = await valuesOf(db, JSON.stringify(runs), name);
  for (const row of rows) {
    const values = found.get(row.id) ?? [];
    values.push(row.value ?? Number.NaN);
    found.set(row.id, values);
  }
  return found;
}
