// The event table: every change, in the transaction of the change.
import type { Event, EventBody } from "../core/event.ts";
import { prepared } from "./prepared.ts";
import type { Db } from "./store.ts";

const insertEvent = prepared<never>("insert into events (at, run_id, body) values (?, ?, ?)");

export async function recordEvent(tx: Db, at: number, run: string | null, body: EventBody): Promise<void> {
  await insertEvent(tx, at, run, JSON.stringify(body));
}

/** Events with a seq greater than `after`, oldest first. */
export async function readEvents(
  db: Db,
  query: { after: number; run?: string | undefined; limit: number },
): Promise<Event[]> {
  let select = db
    .selectFrom("events")
    .select(["seq", "at", "run_id", "body"])
    .where("seq", ">", query.after)
    .orderBy("seq")
    .limit(query.limit);
  if (query.run !== undefined) select = select.where("run_id", "=", query.run);
  const rows = await select.execute();
  return rows.map((row) => ({
    seq: row.seq,
    at: row.at,
    run: row.run_id,
    body: JSON.parse(row.body) as EventBody,
  }));
}

/** The changes of state of these runs, by run, oldest first. */
export async function readJobEvents(db: Db, runs: string[]): Promise<Map<string, Event[]>> {
  const found = new Map<string, Event[]>();
  if (runs.length === 0) return found;
  const rows = await db
    .selectFrom("events")
    .select(["seq", "at", "run_id", "body"])
    .where("run_id", "in", runs)
    .where("body", "like", '{"kind":"job.state"%')
    .orderBy("seq")
    .execute();
  for (const row of rows) {
    const list = found.get(row.run_id!) ?? [];
    list.push({ seq: row.seq, at: row.at, run: row.run_id, body: JSON.parse(row.body) as EventBody });
    found.set(row.run_id!, list);
  }
  return found;
}

export async function lastSeq(db: Db): Promise<number> {
  const row = await db
    .selectFrom("events")
    .select((of) => of.fn.max("seq").as("seq"))
    .executeTakeFirst();
  return row?.seq ?? 0;
}
