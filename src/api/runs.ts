// Runs: what was logged. A job is a run; a run may exist without a job.
import { z } from "zod";
import { metricKinds } from "../core/metric.ts";
import { endpoint, raw } from "./endpoint.ts";
import { anyStringMap } from "./job-spec.ts";

const params = z.object({ run: z.string() });
const wireNumber = z.union([z.number(), z.enum(["NaN", "Infinity", "-Infinity"])]);

export const runSchema = z
  .object({
    id: z.string(),
    experimentName: z.string(),
    number: z.int().meta({ description: "Counts up within the experiment, from 1." }),
    displayName: z.string(),
    description: z.string(),
    state: z.string(),
    createdBy: z.string(),
    createdAt: z.int(),
    endedAt: z.int().nullable(),
    params: anyStringMap,
    tags: anyStringMap,
    properties: anyStringMap,
    metrics: z.array(
      z.object({
        name: z.string(),
        kind: z.enum(metricKinds),
        count: z.int().meta({ description: "Points or rows logged." }),
        last: wireNumber.nullable(),
        min: wireNumber.nullable().meta({ description: "Of the numbers; NaN does not count." }),
        max: wireNumber.nullable(),
        lastStep: z.number().nullable(),
        updatedAt: z.int(),
      }),
    ),
  })
  .meta({ id: "Run" });
export type Run = z.infer<typeof runSchema>;

export const getRun = endpoint({
  method: "GET",
  path: "/api/v1/runs/:run",
  access: "family",
  summary: "Show a run: params, tags, properties, and a summary of each metric",
  params,
  response: runSchema,
});

export const listChildren = endpoint({
  method: "GET",
  path: "/api/v1/runs/:run/children",
  access: "family",
  summary: "List the runs that belong to a run, newest first: jobs, trials, and runs without a job",
  params,
  query: z.object({
    limit: z.coerce.number().int().min(1).max(1000).default(1000),
    before: z
      .string()
      .regex(/^\d{1,15}$/, "the `next` of the page before: a number")
      .optional()
      .meta({ description: "The `next` of the page before." }),
  }),
  response: z.object({
    children: z.array(z.object({ run: z.string(), state: z.string(), createdAt: z.int() })),
    next: z.string().nullable(),
  }),
});

export const getMetric = endpoint({
  method: "GET",
  path: "/api/v1/runs/:run/metrics",
  access: "family",
  summary: "Read a metric's points in the order they were logged",
  params,
  query: z.object({
    name: z.string(),
    after: z.coerce.number().int().min(-1).default(-1).meta({ description: "Points with a greater index." }),
    limit: z.coerce.number().int().min(1).max(100_000).default(10_000),
  }),
  response: z.object({
    name: z.string(),
    kind: z.enum(metricKinds),
    index: z.array(z.int()),
    /** Scalars: numbers. Other kinds: whatever was logged. */
    values: z.array(z.unknown()),
    steps: z.array(z.number().nullable()),
    at: z.array(z.int()).meta({ description: "Milliseconds since the epoch." }),
    next: z.int().nullable().meta({ description: "`after` for the next page; null at the end." }),
  }),
});

const streamName = z.string().regex(/^[\w.-]{1,200}$/);

/** A piece of a record stream in a call that brings more than that. */
export const recordPieceSchema = z.object({
  stream: streamName,
  offset: z.int().min(0),
  lines: z
    .string()
    .max(1 << 20)
    .regex(/\n$/, "send whole lines only"),
});
export type RecordPiece = z.infer<typeof recordPieceSchema>;

export const appendRecords = endpoint({
  method: "PUT",
  path: "/api/v1/runs/:run/records",
  access: "ancestor",
  summary: "Append to one of the run's record streams",
  description:
    "The body is whole lines of newline-delimited JSON (RunRecord), starting at byte `offset` of the stream. Sending bytes again changes nothing; a gap is refused with conflict and details.expected. Metrics, params and tags are stored in the same transaction as the new offset, so each line counts once.",
  params,
  query: z.object({ stream: streamName, offset: z.coerce.number().int().min(0) }),
  body: raw("application/x-ndjson", "At most 8 MiB of whole lines."),
  response: z.object({
    offset: z.int().meta({ description: "Where the next line goes." }),
    skipped: z
      .int()
      .meta({ description: "Lines of this request that were no records; they are counted, not stored." }),
  }),
});

export const recordOffset = endpoint({
  method: "GET",
  path: "/api/v1/runs/:run/records",
  access: "run",
  summary: "How many bytes of each record stream are stored",
  params,
  response: z.object({ streams: z.record(z.string(), z.int()) }),
});
