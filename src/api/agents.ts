// What an agent asks and tells. An agent pulls: it needs no open port, and the orders say what should be, not what to do.
import { z } from "zod";
import { attemptPhases, endReasons, stopReasons } from "../core/job.ts";
import type { EndReason } from "../core/job.ts";
import { wholeFileSchema } from "./artifacts.ts";
import { endpoint } from "./endpoint.ts";
import { jobSpecSchema } from "./job-spec.ts";
import { recordPieceSchema } from "./runs.ts";

const agentParams = z.object({ agent: z.string() });
const attemptParams = z.object({ attempt: z.string() });
const epoch = z
  .int()
  .meta({ description: "From registering. A newer agent of the same name makes older ones superseded." });

export const registerAgent = endpoint({
  method: "POST",
  path: "/api/v1/agents/:agent/register",
  access: "agent",
  summary: "An agent process begins",
  params: agentParams,
  body: z.object({ pid: z.int(), host: z.string(), version: z.string() }),
  response: z.object({ epoch: z.int() }),
});

export const workOrderSchema = z
  .object({
    attempt: z.string(),
    attemptNumber: z.int(),
    run: z.string(),
    experiment: z.object({ id: z.string(), name: z.string() }),
    workspace: z.string(),
    node: z.object({ name: z.string(), index: z.int(), count: z.int() }),
    prepared: z.boolean().default(false).meta({
      description:
        "It counts as prepared already, as its like was before it: nobody waits to hear that it is.",
    }),
    spec: jobSpecSchema,
    jobToken: z.string().meta({ description: "Reaches this run only, until the attempt has ended." }),
    jobTokenExpiresAt: z.int(),
  })
  .meta({ id: "WorkOrder" });
export type WorkOrder = z.infer<typeof workOrderSchema>;

export const orderSchema = z.object({
  attempt: z.string(),
  go: z.boolean().meta({ description: "It has its node: the user's processes may start." }),
  stop: z.enum(stopReasons).nullable().meta({ description: "It should end, for this reason." }),
  queueReason: z.string().meta({ description: "Why it waits, while `go` is false." }),
  nodes: z
    .array(z.object({ name: z.string(), gpus: z.array(z.int()).optional() }))
    .optional()
    .meta({ description: "Its nodes, in order of rank, once it has them, with the graphics cards of each." }),
  work: workOrderSchema
    .optional()
    .meta({ description: "Everything about it; left out for attempts that the agent named as known." }),
});
export type Order = z.infer<typeof orderSchema>;

export const pollOrders = endpoint({
  method: "POST",
  path: "/api/v1/agents/:agent/orders",
  access: "agent",
  summary: "What should be on this agent now",
  description:
    "Lists every attempt of the agent's that has not ended. Answers when that differs from `version`, or after `waitSeconds`. Each call is also the agent's sign of life. An attempt that the agent holds and that is not listed is closed: its folder may go.",
  params: agentParams,
  body: z.object({
    epoch,
    version: z.string().meta({ description: "Of the last answer; empty at first." }),
    known: z.array(z.string()).meta({ description: "Attempts whose work order the agent has on disk." }),
    waitSeconds: z.number().min(0).max(60).default(20),
  }),
  response: z.object({ version: z.string(), orders: z.array(orderSchema), exit: z.boolean() }),
});

const reportSchema = z.object({
  phase: z.enum(attemptPhases),
  reason: z.string().max(1000),
  at: z.int(),
  notes: z.array(z.object({ level: z.enum(["info", "warning"]), message: z.string().max(4000) })).default([]),
  properties: z.record(z.string(), z.string()).default({}),
});

export const reportAttempt = endpoint({
  method: "POST",
  path: "/api/v1/attempts/:attempt/report",
  access: "agent",
  summary: "How an attempt comes along",
  description:
    "Telling the same phase again changes nothing; an earlier phase than the known one is ignored.",
  params: attemptParams,
  body: reportSchema.extend({
    epoch,
    earlier: z
      .array(reportSchema)
      .max(100)
      .default([])
      .meta({ description: "What came before it and was not told yet, in order." }),
  }),
  response: z.object({ accepted: z.boolean() }),
});

export const endAttempt = endpoint({
  method: "POST",
  path: "/api/v1/attempts/:attempt/end",
  access: "agent",
  summary: "An attempt has ended, with everything of it delivered",
  description:
    "What a short attempt has to deliver comes with its end, and is stored in the same transaction: one call instead of many. An end that is told again changes nothing.",
  params: attemptParams,
  body: z.object({
    epoch,
    reason: z.enum(endReasons as [EndReason, ...EndReason[]]),
    exitCode: z.int().nullable(),
    message: z
      .string()
      .max(10_000)
      .nullable()
      .meta({ description: "For people: the exception's last line, or what was done about it." }),
    traceback: z
      .string()
      .max(20_000)
      .nullable()
      .meta({ description: "The last lines of the log that matter." }),
    at: z.int(),
    reports: z
      .array(reportSchema)
      .max(100)
      .default([])
      .meta({ description: "What was not told yet of how it came along, in order." }),
    records: z
      .array(recordPieceSchema)
      .max(100)
      .default([])
      .meta({ description: "The rest of its record streams, as by appendRecords, where that is little." }),
    files: z.array(wholeFileSchema).max(100).default([]).meta({
      description: "Its small files of which nothing was sent before, each whole and with its second name.",
    }),
  }),
  response: z.object({ accepted: z.boolean() }),
});
