// What a run's own code says of its failure, by run.fail().
import { readLabels, setLabels } from "./labels.ts";
import type { Db } from "./store.ts";

export interface ReportedFailure {
  message: string;
  code: string | null;
}

const messageKey = "trainyard.reported_error";
const codeKey = "trainyard.reported_error_code";

/** What was said last counts; null takes it back. */
export async function reportFailure(tx: Db, run: string, failure: ReportedFailure | null): Promise<void> {
  await setLabels(tx, run, "property", {
    [messageKey]: failure?.message ?? null,
    [codeKey]: failure?.code ?? null,
  });
}

export async function readReportedFailure(db: Db, run: string): Promise<ReportedFailure | undefined> {
  const properties = (await readLabels(db, [run])).get(run)?.property ?? {};
  const message = properties[messageKey];
  return message === undefined ? undefined : { message, code: properties[codeKey] ?? null };
}
