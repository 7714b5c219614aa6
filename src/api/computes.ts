// Computes: named targets on an engine.
import { z } from "zod";
import { isComputeName } from "../core/names.ts";
import { endpoint } from "./endpoint.ts";
import { stringMap } from "./job-spec.ts";

const params = z.object({ compute: z.string() });
const settings = {
  size: z.string().max(100),
  tier: z.enum(["dedicated", "low_priority"]),
  minInstances: z.int().min(0).max(10_000),
  maxInstances: z.int().min(0).max(10_000),
  idleSecondsBeforeScaleDown: z.int().min(0),
  description: z.string().max(5000),
  tags: stringMap,
};

export const computeSchema = z
  .object({
    name: z.string(),
    type: z.enum(["local", "amlcompute"]),
    ...settings,
    createdAt: z.int(),
    sizeMeans: z.string().meta({
      description:
        "What a node of its size has, and what of that this machine has not got. Empty without a size.",
    }),
    nodes: z.array(
      z.object({
        name: z.string(),
        state: z.enum(["idle", "preparing", "running", "leaving", "preempted"]),
        run: z.string().nullable(),
        since: z.int(),
        gpus: z.array(z.int()).nullable().meta({ description: "The graphics cards of its run; null: all." }),
      }),
    ),
    waiting: z
      .array(z.object({ run: z.string(), position: z.int(), reason: z.string() }))
      .meta({ description: "Jobs that wait for a node here, the next to run first." }),
  })
  .meta({ id: "Compute" });
export type ComputeBody = z.infer<typeof computeSchema>;

export const createCompute = endpoint({
  method: "PUT",
  path: "/api/v1/computes/:compute",
  access: "user",
  summary: "Create a compute, or change one that exists",
  params: z.object({
    compute: z.string().refine(isComputeName, "2 to 32 letters, digits and hyphens, starting with a letter"),
  }),
  body: z.object({ type: z.literal("amlcompute").default("amlcompute"), ...settings }).partial(),
  response: computeSchema,
});

export const listComputes = endpoint({
  method: "GET",
  path: "/api/v1/computes",
  access: "job",
  summary: "List computes, by name",
  response: z.object({ computes: z.array(computeSchema) }),
});

export const getCompute = endpoint({
  method: "GET",
  path: "/api/v1/computes/:compute",
  access: "job",
  summary: "Show a compute, its nodes and who waits for them",
  params,
  response: computeSchema,
});

export const updateCompute = endpoint({
  method: "PATCH",
  path: "/api/v1/computes/:compute",
  access: "user",
  summary: "Change a compute's settings",
  params,
  body: z.object(settings).omit({ size: true, tier: true }).partial(),
  response: computeSchema,
});

export const deleteCompute = endpoint({
  method: "DELETE",
  path: "/api/v1/computes/:compute",
  access: "user",
  summary: "Delete a compute that no job uses",
  params,
  response: z.object({ deleted: z.boolean() }),
});

export const listSizes = endpoint({
  method: "GET",
  path: "/api/v1/sizes",
  access: "user",
  summary: "What sizes of nodes stand for, and whether this machine has so much",
  response: z.object({
    file: z.string().meta({ description: "Where sizes are added or changed." }),
    sizes: z.array(
      z.object({
        name: z.string(),
        cores: z.number(),
        memoryGib: z.number(),
        gpus: z.int(),
        isOwn: z.boolean().meta({ description: "From the file." }),
        missing: z.string().nullable().meta({ description: "What this machine has not got of it." }),
      }),
    ),
  }),
});
