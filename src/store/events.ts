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

// A sweep has another reason for each of its trials: thousands of events for one state.
const stateChanges = prepared<{ seq: number; at: number; run: string; body: string }>(
  `with changes as (
     select seq, at, run_id as run, body, json_extract(body, '$.state', '$.attempt') as phase from events
     where run_id in (select value from json_each(?)) and body like '{"kind":"job.state"%'),
   placed as (
     select *, lag(phase) over own is phase as goesOn, lead(phase) over own is phase as isFollowed
     from changes window own as (partition by run order by seq))
   select seq, at, run, body from placed where not (goesOn and isFollowed) order by seq`,
);

/**
 * The changes of state of these runs, by run, oldest first. Of those that give another reason for the same state of
 * the same attempt only the first and the last.
 */
export async function readJobEvents(db: Db, runs: readonly string[]): Promise<Map<string, Event[]>> {
  const rows = runs.length === 0 ? [] : await stateChanges(db, JSON.stringify(runs));
  const events = rows.map(({ body, ...row }): Event => ({ ...row, body: JSON.parse(body) as EventBody }));
  return Map.groupBy(events, ({ run }) => run!);
}

export async function lastSeq(db: Db): Promise<number> {
  const row = await db
    .selectFrom("events")
    .select((of) => of.fn.max("seq").as("seq"))
    .executeTakeFirst();
  return row?.seq ?? 0;
}
