// The event table as a stream: read the rows after N, go on from the last one seen.
import { z } from "zod";
import { endpoint, raw } from "./endpoint.ts";

export const eventSchema = z
  .object({
    seq: z.int(),
    at: z.int(),
    run: z.string().nullable(),
    body: z.looseObject({ kind: z.string() }).meta({ description: "EventBody, by kind." }),
  })
  .meta({ id: "Event" });

const query = z.object({
  after: z.coerce.number().int().min(0).default(0).meta({ description: "Events with a greater seq." }),
  run: z.string().optional().meta({ description: "Only of this run." }),
});

export const listEvents = endpoint({
  method: "GET",
  path: "/api/v1/events",
  access: "user",
  summary: "Read events",
  query: query.extend({ limit: z.coerce.number().int().min(1).max(10_000).default(1000) }),
  response: z.object({ events: z.array(eventSchema) }),
});

export const lastEvent = endpoint({
  method: "GET",
  path: "/api/v1/events/last",
  access: "user",
  summary: "The seq of the newest event: where to begin to watch what comes",
  response: z.object({ lastEvent: z.int() }),
});

export const watchEvents = endpoint({
  method: "GET",
  path: "/api/v1/events/stream",
  access: "job",
  summary: "Watch events as they happen",
  description:
    "Server-sent events; each has the event's seq as its id, so a client that reconnects with Last-Event-ID (or `after`) misses nothing. A comment line every 15 s keeps the connection alive. A job watches a run that it reaches.",
  query,
  response: raw("text/event-stream", "Events, as server-sent events with JSON data."),
});
