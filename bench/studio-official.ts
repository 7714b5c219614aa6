// What MLflow's own interface is given to show: its tables as its own server fills them, which by its interface would
// take many minutes.
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { TrackingServer } from "./mlflow-servers.ts";

export const nameOfRun = (index: number): string => `run-${index}`;
export const idOfRun = (index: number): string => index.toString(16).padStart(32, "0");

function write({ home }: TrackingServer, act: (database: DatabaseSync) => void): void {
  const database = new DatabaseSync(join(home, "mlflow.db"));
  database.exec("begin");
  act(database);
  database.exec("commit");
  database.close();
}

const insertRun = (database: DatabaseSync) =>
  database.prepare(
    `insert into runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time, end_time,
       source_version, lifecycle_stage, artifact_uri, experiment_id)
     values (?, ?, 'LOCAL', 'train.py', '', 'ada', 'FINISHED', ?, ?, '', 'active', 'mlflow-artifacts:/0', 0)`,
  );
const insertTag = (database: DatabaseSync) =>
  database.prepare("insert into tags (key, value, run_uuid) values (?, ?, ?)");
const insertMetric = (database: DatabaseSync, table: "metrics" | "latest_metrics") =>
  database.prepare(
    `insert into ${table} (key, value, timestamp, step, is_nan, run_uuid) values (?, ?, ?, ?, 0, ?)`,
  );

/** The newest run is the last one. */
export function fillOfficialRuns(server: TrackingServer, runs: number): void {
  const now = Date.now();
  write(server, (database) => {
    const run = insertRun(database);
    const tag = insertTag(database);
    const param = database.prepare("insert into params (key, value, run_uuid) values (?, ?, ?)");
    const metrics = [insertMetric(database, "metrics"), insertMetric(database, "latest_metrics")];
    for (let index = 0; index < runs; index++) {
      const id = idOfRun(index);
      const begin = now - (runs - index) * 60_000;
      run.run(id, nameOfRun(index), begin, begin + 50_000);
      tag.run("mlflow.runName", nameOfRun(index), id);
      tag.run("team", "vision", id);
      for (const key of ["learning_rate", "batch_size", "optimizer"]) param.run(key, String(index % 97), id);
      for (const key of ["loss", "accuracy", "val_loss"])
        for (const metric of metrics) metric.run(key, (index % 1000) / 1000, begin, 0, id);
    }
  });
}

/** A run with one series; `valueAt` is asked for each point in order. */
export function fillOfficialSeries(
  server: TrackingServer,
  points: number,
  valueAt: (index: number) => number,
): void {
  const begin = Date.now() - points * 100;
  const id = idOfRun(0);
  write(server, (database) => {
    insertRun(database).run(id, nameOfRun(0), begin, begin + points * 100);
    insertTag(database).run("mlflow.runName", nameOfRun(0), id);
    const metric = insertMetric(database, "metrics");
    let last = 0;
    for (let index = 0; index < points; index++) {
      last = valueAt(index);
      metric.run("loss", last, begin + index * 100, index, id);
    }
    insertMetric(database, "latest_metrics").run("loss", last, begin + points * 100, points - 1, id);
  });
}
