// What a sweep tells: lines that are stored with the change they tell of, and then put into the log file of its run.
import { openSweepRuns, readSweepLog, writeSweepLog } from "../store/sweeps.ts";
import type { Db } from "../store/store.ts";
import type { ControlContext } from "./context.ts";

/** Where Azure ML's clients look for it. */
const path = "azureml-logs/hyperdrive.txt";

export const logSweep = (tx: Db, sweep: string, at: number, line: string): Promise<void> =>
  writeSweepLog(tx, sweep, `${new Date(at).toISOString()} ${line}\n`);

/** Brings the files of all sweeps under way up to what is stored. */
export async function flushSweepLogs(context: ControlContext): Promise<void> {
  for (const run of await openSweepRuns(context.store.db)) await flushSweepLog(context, run, false);
}

/** Brings the file up to what is stored. Sending again what is there changes nothing. */
export async function flushSweepLog(
  { store, sweepLog }: ControlContext,
  sweep: string,
  close: boolean,
): Promise<void> {
  const size = await sweepLog.size(sweep, path);
  const pieces = await readSweepLog(store.db, sweep, size);
  if (pieces.length === 0 && !close) return;
  const text = pieces.map((piece) => piece.text).join("");
  await sweepLog.append(sweep, path, { offset: pieces[0]?.offset ?? size, text, close });
}
