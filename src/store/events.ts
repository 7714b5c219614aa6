// The event table: every change, in the transaction of the change.
import type { Event, EventBody } from "../core/event.ts";
import type { Db } from "./store.ts";

export async function recordEvent(tx: Db, at: number, run: string | null, body: EventBody): Promise<void> {
  await tx
    .insertInto("events")
    .values({ at, run_id: run, body: JSON.stringify(body) })
    .execute();
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
