// Runs with their jobs, and what stands behind a run: the file that would make its job again, and the assets that it read and made.
import { z } from "zod";
import { assetKinds } from "../core/asset.ts";
import { endpoint } from "./endpoint.ts";
import { jobSchema } from "./jobs.ts";
import { runSchema } from "./runs.ts";

export const readRunDetails = endpoint({
  method: "POST",
  path: "/api/v1/runs/details",
  access: "user",
  summary: "Read many runs at once, each with its job",
  description: "In the order in which they are named. What no run is named is left out.",
  body: z.object({ runs: z.array(z.string().max(1000)).min(1).max(200) }),
  response: z.object({
    runs: z.array(
      z.object({
        run: runSchema,
        job: jobSchema.nullable().meta({ description: "Null for a run that nobody submitted." }),
      }),
    ),
  }),
});

export const getJobFile = endpoint({
  method: "GET",
  path: "/api/v1/jobs/:run/file",
  access: "family",
  summary: "Show a job as YAML, in the dialect that it was written in",
  description: "Code and local inputs stand as the snapshots that they became.",
  params: z.object({ run: z.string() }),
  response: z.object({ dialect: z.enum(["A", "B", "C"]), yaml: z.string() }),
});

export const listRunAssets = endpoint({
  method: "GET",
  path: "/api/v1/runs/:run/assets",
  access: "family",
  summary: "Which versions of assets a run read and made",
  params: z.object({ run: z.string() }),
  response: z.object({
    assets: z.array(
      z.object({
        role: z.enum(["input", "environment", "code", "output"]),
        as: z.string().meta({ description: "The input's or output's name." }),
        kind: z.enum(assetKinds),
        name: z.string(),
        version: z.string(),
      }),
    ),
  }),
});
