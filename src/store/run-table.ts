// Rows of Studio's table of runs, and what stands around it: keys to choose from and small curves.
import type { JobState } from "../core/job.ts";
import { prepared } from "./prepared.ts";
import type { Db } from "./store.ts";

export interface RunRow {
  seq: number;
  id: string;
  number: number;
  name: string;
  experiment: string;
  state: JobState;
  reason: string | null;
  kind: "command" | "sweep" | null;
  parent: string | null;
  children: number;
  user: string;
  createdAt: number;
  beginsAt: number;
  startedAt: number | null;
  endedAt: number | null;
  archived: number;
}

const rowsOf = prepared<RunRow>(
  `select runs.seq, runs.id, runs.number, runs.display_name as name, experiments.name as experiment, runs.state,
    jobs.reason, jobs.kind, runs.parent_id as parent,
    (select count(*) from runs as child where child.parent_id = runs.id) as children,
    runs.created_by as user, runs.created_at as createdAt, runs.begins_at as beginsAt,
    runs.started_at as startedAt, runs.ended_at as endedAt, runs.archived
   from runs join experiments on experiments.id = runs.experiment_id left join jobs on jobs.run_id = runs.id
   where runs.seq in (select value from json_each(?))`,
);

/** In the order of `seqs`. */
export async function readRunRows(db: Db, seqs: readonly number[]): Promise<RunRow[]> {
  const rows = new Map((await rowsOf(db, JSON.stringify(seqs))).map((row) => [row.seq, row]));
  return seqs.flatMap((seq) => rows.get(seq) ?? []);
}

interface MetricCell {
  /** NaN is one. */
  last: number;
  /** Null without a finite number. */
  min: number | null;
  max: number | null;
}

const metricsOf = prepared<{ run: number; name: string; last: number | null } & Omit<MetricCell, "last">>(
  `select run_seq as run, name, last, min, max from metric_series
   where run_seq in (select value from json_each(?)) and name in (select value from json_each(?))
     and kind = 'scalar'`,
);

/** The latest, least and greatest values of these metrics, by the run's seq. */
export async function readMetricCells(
  db: Db,
  seqs: readonly number[],
  names: readonly string[],
): Promise<(seq: number, name: string) => MetricCell | undefined> {
  if (names.length === 0) return () => undefined;
  const rows = await metricsOf(db, JSON.stringify(seqs), JSON.stringify(names));
  const cells = new Map(
    rows.map(({ run, name, last, min, max }) => [`${run} ${name}`, { last: last ?? Number.NaN, min, max }]),
  );
  return (seq, name) => cells.get(`${seq} ${name}`);
}

const labelsOf = prepared<{ run: string; key: string; value: string }>(
  `select run_id as run, key, value from labels
   where run_id in (select value from json_each(?)) and kind = ? and key in (select value from json_each(?))`,
);

/** The values of these params or tags, by the run's id. */
export async function readLabelCells(
  db: Db,
  runs: readonly string[],
  kind: "param" | "tag",
  keys: readonly string[],
): Promise<(run: string, key: string) => string | null> {
  if (keys.length === 0) return () => null;
  const rows = await labelsOf(db, JSON.stringify(runs), kind, JSON.stringify(keys));
  const cells = new Map(rows.map(({ run, key, value }) => [`${run} ${key}`, value]));
  return (run, key) => cells.get(`${run} ${key}`) ?? null;
}

export interface RunKeys {
  metrics: string[];
  params: string[];
  tags: string[];
}

const looked = 300;
const mostKeys = 2000;

// The newest and the oldest of them: all runs would be too many to look at, and seldom know more keys.
const someRuns = (condition: string) =>
  prepared<{ seq: number; id: string }>(
    `with mine as (select seq, id from runs where archived = 0 and ${condition})
     select seq, id from (select * from mine order by seq desc limit ${looked})
     union select seq, id from (select * from mine order by seq limit ${looked})`,
  );
const ofAll = someRuns("true");
const ofExperiments = someRuns("experiment_id in (select value from json_each(?))");

const metricKeys = prepared<{ name: string }>(
  `select name from metric_series
   where run_seq in (select value from json_each(?)) and kind = 'scalar'
   group by name order by count(*) desc, name limit ${mostKeys}`,
);
const labelKeys = prepared<{ key: string }>(
  `select key from labels
   where run_id in (select value from json_each(?)) and kind = ?
   group by key order by count(*) desc, key limit ${mostKeys}`,
);

/** Those first that most of the runs have: one run with thousands of names leaves the others theirs. */
export async function readRunKeys(db: Db, experiments: readonly string[] | "all"): Promise<RunKeys> {
  const runs = experiments === "all" ? await ofAll(db) : await ofExperiments(db, JSON.stringify(experiments));
  const ids = JSON.stringify(runs.map(({ id }) => id));
  const metrics = await metricKeys(db, JSON.stringify(runs.map(({ seq }) => seq)));
  const params = await labelKeys(db, ids, "param");
  const tags = await labelKeys(db, ids, "tag");
  return {
    metrics: metrics.map(({ name }) => name),
    params: params.map(({ key }) => key),
    tags: tags.map(({ key }) => key),
  };
}

// `count` places evenly along each series, the first and the last among them.
const sampled = prepared<{ run: string; value: number | null }>(
  `with recursive place (n) as (select 0 union all select n + 1 from place where n + 1 < ?3)
   select runs.id as run, points.value
   from json_each(?1) as wanted
   join runs on runs.id = wanted.value
   join metric_series as series on series.run_seq = runs.seq and series.name = ?2 and series.kind = 'scalar'
   join place on place.n < min(?3, series.count)
   join metric_points as points on points.series = series.id
     and points.idx = case when series.count <= ?3 then place.n else cast(place.n * (series.count - 1) / (?3 - 1) as integer) end
   order by wanted.key, place.n`,
);

export async function readSparklines(
  db: Db,
  runs: readonly string[],
  metric: string,
  points: number,
): Promise<Map<string, (number | null)[]>> {
  const lines = new Map<string, (number | null)[]>();
  for (const { run, value } of await sampled(db, JSON.stringify([...new Set(runs)]), metric, points)) {
    const line = lines.get(run) ?? [];
    line.push(value);
    lines.set(run, line);
  }
  return lines;
}

const experimentIds = prepared<{ id: string }>(
  "select id from experiments where name in (select value from json_each(?))",
);

/** Of those that exist. */
export const idsOfExperiments = async (db: Db, names: readonly string[]): Promise<string[]> =>
  (await experimentIds(db, JSON.stringify(names))).map(({ id }) => id);
