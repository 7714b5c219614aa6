// The event table, read and watched.
import type { Event } from "../../core/event.ts";
import { Refused } from "../../core/refused.ts";
import { lastSeq, readEvents } from "../../store/events.ts";
import type { SomeHandlers } from "../http/app.ts";
import { jobReaches } from "../http/run-reach.ts";
import type { ServerContext } from "../context.ts";
import { topics } from "../nudges.ts";

const heartbeatMs = 15_000;
const pageSize = 1000;

export function eventRoutes(
  context: ServerContext,
): SomeHandlers<"listEvents" | "lastEvent" | "watchEvents"> {
  const { store } = context;
  return {
    listEvents: async ({ query }) => ({ events: (await readEvents(store.db, query)).map(wire) }),

    lastEvent: async () => ({ lastEvent: await lastSeq(store.db) }),

    async watchEvents({ query }, { headers, signal, identity }) {
      if (identity?.kind === "job") await refuseStranger(context, identity.run, query.run);
      const resumed = Number(headers.get("last-event-id") ?? "");
      const after = Number.isSafeInteger(resumed) && resumed > query.after ? resumed : query.after;
      return { body: watch(context, { after, run: query.run }, signal) };
    },
  };
}

async function refuseStranger({ store }: ServerContext, job: string, run: string | undefined): Promise<void> {
  if (run !== undefined && (await jobReaches(store.db, job, run, "read"))) return;
  throw new Refused(
    "forbidden",
    `the token of job ${job} does not reach ${run === undefined ? "every event" : `the events of run ${run}`}`,
    "name its own run, or one that belongs to it, as `run`",
  );
}

const wire = (event: Event) => ({ ...event, body: { ...event.body } });

async function* watch(
  { store, nudges }: ServerContext,
  query: { after: number; run: string | undefined },
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let after = query.after;
  yield Buffer.from(": trainyard events\n\n");
  while (!signal.aborted) {
    const count = nudges.count(topics.events);
    const events = await readEvents(store.db, { ...query, after, limit: pageSize });
    const last = events.at(-1);
    if (last) {
      after = last.seq;
      yield Buffer.from(
        events.map((event) => `id: ${event.seq}\ndata: ${JSON.stringify(event)}\n\n`).join(""),
      );
    }
    if (events.length === pageSize) continue;
    await nudges.wait(topics.events, count, heartbeatMs, signal);
    if (nudges.count(topics.events) === count && !signal.aborted) yield Buffer.from(": alive\n\n");
  }
}
