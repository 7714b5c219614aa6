// The workspace and the server itself.
import { z } from "zod";
import { endpoint, raw } from "./endpoint.ts";
import { anyStringMap } from "./job-spec.ts";

export const workspaceSchema = z
  .object({
    name: z.string(),
    location: z.string(),
    displayName: z.string(),
    description: z.string(),
    tags: anyStringMap,
    createdAt: z.int(),
    version: z.string(),
    url: z.string(),
    trackingUri: z.string(),
    runs: z.int(),
    curatedEnvironments: z.array(z.string()),
  })
  .meta({ id: "Workspace" });

export const getWorkspace = endpoint({
  method: "GET",
  path: "/api/v1/workspace",
  access: "job",
  summary: "Show the workspace",
  response: workspaceSchema,
});

export const updateWorkspace = endpoint({
  method: "PATCH",
  path: "/api/v1/workspace",
  access: "user",
  summary: "Change what is said of the workspace",
  description: "Tags with null are removed. Its name stays.",
  body: z.object({
    displayName: z.string().max(1000).optional(),
    description: z.string().max(5000).optional(),
    tags: z.record(z.string().min(1).max(250), z.string().max(5000).nullable()).optional(),
  }),
  response: workspaceSchema,
});

export const listExperiments = endpoint({
  method: "GET",
  path: "/api/v1/experiments",
  access: "user",
  summary: "List experiments, by name",
  response: z.object({
    experiments: z.array(z.object({ name: z.string(), createdAt: z.int(), runs: z.int() })),
  }),
});

export const health = endpoint({
  method: "GET",
  path: "/healthz",
  access: "public",
  summary: "Whether the server is up",
  response: z.object({ status: z.literal("ok"), version: z.string() }),
});

export const metricsPage = endpoint({
  method: "GET",
  path: "/metrics",
  access: "user",
  summary: "The server's own figures, for Prometheus",
  response: raw("text/plain; version=0.0.4", "Prometheus text."),
});

export const openApiDocument = endpoint({
  method: "GET",
  path: "/api/v1/openapi.json",
  access: "user",
  summary: "This contract as OpenAPI 3.1",
  response: z.record(z.string(), z.unknown()),
});

export const shutdown = endpoint({
  method: "POST",
  path: "/api/v1/server/shutdown",
  access: "user",
  summary: "Stop the server; running jobs go on and are picked up at the next start",
  response: z.object({ stopping: z.literal(true), runningJobs: z.int() }),
});
