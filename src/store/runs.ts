// Runs: the record of everything that was tried. A job is a run that has a spec.
import { ensureExperiment } from "./experiments.ts";
import { compiled, prepared } from "./prepared.ts";
import type { Db } from "./store.ts";

export interface NewRun {
  id: string;
  experimentName: string;
  displayName: string;
  description: string;
  state: string;
  parent: string | null;
  /** The job whose token made it. Default: none's. */
  ofJob?: string | null;
  createdBy: string;
  at: number;
}

const isTaken = prepared("select 1 from runs where id = ?");
const insertRow = prepared<never>(
  `insert into runs (id, experiment_id, number, display_name, description, state, parent_id, job_run_id, created_by,
   created_at) values (?1, ?2, (select coalesce(max(number), 0) + 1 from runs where experiment_id = ?2), ?3, ?4, ?5, ?6,
   ?7, ?8, ?9)`,
);

/** Inserts the run; false when its id is taken. */
export async function insertRun(tx: Db, run: NewRun): Promise<boolean> {
  if ((await isTaken(tx, run.id)).length > 0) return false;
  const experiment = await ensureExperiment(tx, run.experimentName, run.at);
  const { id, displayName, description, state, parent, ofJob = null, createdBy, at } = run;
  await insertRow(tx, id, experiment, displayName, description, state, parent, ofJob, createdBy, at);
  return true;
}

export interface RunRecordRow {
  seq: number;
  id: string;
  experimentId: string;
  experimentName: string;
  number: number;
  displayName: string;
  description: string;
  state: string;
  createdBy: string;
  createdAt: number;
  endedAt: number | null;
}

const runOf = compiled((db, { id }: { id: string }) =>
  db
    .selectFrom("runs")
    .innerJoin("experiments", "experiments.id", "runs.experiment_id")
    .select([
      "runs.seq",
      "runs.id",
      "runs.experiment_id",
      "experiments.name",
      "runs.number",
      "runs.display_name",
      "runs.description",
      "runs.state",
      "runs.created_by",
      "runs.created_at",
      "runs.ended_at",
    ])
    .where("runs.id", "=", id),
);

export async function findRun(db: Db, id: string): Promise<RunRecordRow | undefined> {
  const [row] = await runOf(db, { id });
  return (
    row && {
      seq: row.seq,
      id: row.id,
      experimentId: row.experiment_id,
      experimentName: row.name,
      number: row.number,
      displayName: row.display_name,
      description: row.description,
      state: row.state,
      createdBy: row.created_by,
      createdAt: row.created_at,
      endedAt: row.ended_at,
    }
  );
}

export async function describeRun(
  tx: Db,
  run: string,
  words: { displayName?: string | undefined; description?: string | undefined },
): Promise<void> {
  const changes = {
    ...(words.displayName !== undefined && { display_name: words.displayName }),
    ...(words.description !== undefined && { description: words.description }),
  };
  if (Object.keys(changes).length === 0) return;
  await tx.updateTable("runs").set(changes).where("id", "=", run).execute();
}

/** A sweep's trials go with it. */
export async function setArchived(tx: Db, run: string, archived: boolean, at: number): Promise<void> {
  await tx
    .updateTable("runs")
    .set({ archived: archived ? 1 : 0, archived_at: archived ? at : null })
    .where((of) =>
      of.or([
        of("id", "=", run),
        of("id", "in", of.selectFrom("trials").select("trials.run_id").where("trials.sweep_id", "=", run)),
      ]),
    )
    .execute();
}

export async function countRunsByState(db: Db): Promise<{ state: string; runs: number }[]> {
  return db
    .selectFrom("runs")
    .select("state")
    .select((of) => of.fn.countAll<number>().as("runs"))
    .groupBy("state")
    .orderBy("state")
    .execute();
}
