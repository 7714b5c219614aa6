// The table of runs: a page of rows with just the columns that are shown, how many there are, which keys there are,
// and the small curves beside them.
import { z } from "zod";
import { jobStates } from "../core/job.ts";
import { endpoint } from "./endpoint.ts";

const wireNumber = z.union([z.number(), z.enum(["NaN", "Infinity", "-Infinity"])]);
const names = (most: number) => z.array(z.string().max(1000)).max(most);

const selection = z.object({
  experiments: names(200)
    .optional()
    .meta({ description: "By their names; without any, the runs of all experiments." }),
  filter: z.string().max(20_000).default("").meta({
    description:
      "As MLflow's clients write it; besides its attributes: state, experiment, duration (s), parent, name, user; `min.<metric>` and `max.<metric>` for the least and greatest values ever.",
  }),
  states: z.array(z.enum(jobStates)).max(jobStates.length).optional(),
  parent: z
    .string()
    .nullable()
    .optional()
    .meta({ description: "Only the children of this run; null: only runs without a parent." }),
  view: z.enum(["active", "archived", "all"]).default("active"),
  runs: names(500).optional().meta({ description: "Of those named here only." }),
});

export const runRowSchema = z
  .object({
    id: z.string(),
    number: z.int(),
    name: z.string(),
    experiment: z.string(),
    state: z.enum(jobStates),
    reason: z.string().nullable().meta({ description: "Why the job is in this state; null without a job." }),
    kind: z.enum(["command", "sweep"]).nullable().meta({ description: "Null for a run without a job." }),
    parent: z.string().nullable(),
    children: z.int(),
    user: z.string(),
    createdAt: z.int(),
    beginsAt: z.int().meta({ description: "When it started, or was created while it has not." }),
    startedAt: z.int().nullable(),
    endedAt: z.int().nullable(),
    archived: z.boolean(),
    metrics: z
      .array(wireNumber.nullable())
      .meta({ description: "The latest values, as `columns` names them." }),
    minima: z
      .array(wireNumber.nullable())
      .meta({ description: "The least values ever; null without a finite one." }),
    maxima: z.array(wireNumber.nullable()).meta({ description: "The greatest values ever." }),
    params: z.array(z.string().nullable()),
    tags: z.array(z.string().nullable()),
  })
  .meta({ id: "RunRow" });

export const readRunTable = endpoint({
  method: "POST",
  path: "/api/v1/runs/table",
  access: "user",
  summary: "Read a page of the table of runs",
  body: selection.extend({
    orderBy: names(8).default([]).meta({
      description:
        "`<key> [ASC|DESC]`, as in MLflow's searches; also state, experiment, duration, `min.<metric>` and `max.<metric>`.",
    }),
    columns: z
      .object({
        metrics: names(100).default([]),
        minima: names(100).default([]).meta({ description: "Metrics whose least value is wanted." }),
        maxima: names(100).default([]).meta({ description: "Metrics whose greatest value is wanted." }),
        params: names(100).default([]),
        tags: names(100).default([]),
      })
      .default({ metrics: [], minima: [], maxima: [], params: [], tags: [] }),
    limit: z.int().min(1).max(500).default(100),
    pageToken: z.string().max(10_000).optional(),
  }),
  response: z.object({ rows: z.array(runRowSchema), next: z.string().nullable() }),
});

export const countRuns = endpoint({
  method: "POST",
  path: "/api/v1/runs/count",
  access: "user",
  summary: "How many runs match",
  body: selection,
  response: z.object({ runs: z.int() }),
});

export const listRunKeys = endpoint({
  method: "POST",
  path: "/api/v1/runs/keys",
  access: "user",
  summary: "Which metrics, params and tags there are, for columns and for completing filters",
  description:
    "Of several hundred of the newest and oldest runs of these experiments, or of all. Those come first that most of the runs have.",
  body: z.object({ experiments: names(200).optional() }),
  response: z.object({
    metrics: z.array(z.string()),
    params: z.array(z.string()),
    tags: z.array(z.string()),
  }),
});

export const readSparklines = endpoint({
  method: "POST",
  path: "/api/v1/runs/sparklines",
  access: "user",
  summary: "A metric of several runs in few points",
  body: z.object({
    runs: names(200),
    metric: z.string().max(1000),
    points: z.int().min(2).max(64).default(64),
  }),
  response: z.object({
    lines: z.array(
      z.object({
        run: z.string(),
        values: z.array(z.number().nullable()).meta({ description: "Null: NaN." }),
      }),
    ),
  }),
});
