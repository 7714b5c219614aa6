// What is done to chosen runs. A job's run is changed by the jobs' API, any other by MLflow's, which made it.
import type { JobState } from "../../../../src/core/job.ts";
import { call, failureOf } from "../../api/call.ts";
import { plural } from "../../ui/format.ts";
import { say } from "../../ui/toast.tsx";
import type { RunRow } from "./view.ts";

const isOver = (state: JobState): boolean =>
  state === "Completed" || state === "Failed" || state === "Canceled";

export const mayCancel = (row: RunRow): boolean =>
  row.kind !== null && !isOver(row.state) && row.state !== "Finalizing" && row.state !== "CancelRequested";
export const mayArchive = (row: RunRow): boolean => !row.archived && (row.kind === null || isOver(row.state));
export const mayRestore = (row: RunRow): boolean => row.archived;

async function tellMlflow(path: string, body: unknown): Promise<void> {
  const response = await fetch(`/api/2.0/mlflow/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw await failureOf(response);
}

const job = (row: RunRow, path = "") => `/jobs/${encodeURIComponent(row.id)}${path}`;

export const cancelRun = (row: RunRow) => call(job(row, "/cancel"), { method: "POST" });

export const archiveRun = (row: RunRow) =>
  row.kind === null
    ? tellMlflow("runs/delete", { run_id: row.id })
    : call(job(row, "/archive"), { method: "POST" });

export const restoreRun = (row: RunRow) =>
  row.kind === null
    ? tellMlflow("runs/restore", { run_id: row.id })
    : call(job(row, "/restore"), { method: "POST" });

export const tagRun = (row: RunRow, key: string, value: string) =>
  row.kind === null
    ? tellMlflow("runs/set-tag", { run_id: row.id, key, value })
    : call(job(row), { method: "PATCH", body: { tags: { [key]: value } } });

const atOnce = 6;

/** Does it to each, a few at a time, and says how it went. */
export async function actOnAll(
  rows: readonly RunRow[],
  done: string,
  act: (row: RunRow) => Promise<unknown>,
): Promise<void> {
  const failures: Error[] = [];
  const queue = [...rows];
  const work = async () => {
    for (let row = queue.shift(); row; row = queue.shift()) {
      await act(row).catch((error: Error) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  const count = rows.length - failures.length;
  if (count > 0) say(`${done} ${plural(count, "run")}.`);
  if (failures.length > 0) {
    say(`${plural(failures.length, "run")} could not be changed: ${failures[0]!.message}`, "bad");
  }
}
