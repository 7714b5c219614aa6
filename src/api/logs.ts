// Logs: where the lines of a large text file lie, and where a text is found in it.
import { z } from "zod";
import { artifactPath } from "./artifacts.ts";
import { endpoint } from "./endpoint.ts";

const params = z.object({ run: z.string() });

export const indexLog = endpoint({
  method: "GET",
  path: "/api/v1/runs/:run/logs/lines",
  access: "family",
  summary: "Count the line ends of each stretch of a file",
  description:
    "With these counts any line of a file of a gigabyte is found by reading one stretch of its bytes. Only whole stretches are counted; the last, shorter one is to be read.",
  params,
  query: z.object({
    path: artifactPath,
    from: z.coerce.number().int().min(0).default(0).meta({ description: "The first stretch wanted." }),
  }),
  response: z.object({
    stretchBytes: z.int(),
    lineEnds: z.array(z.int()).meta({ description: "Of each stretch, in order." }),
    sizeBytes: z.int(),
    growing: z.boolean(),
  }),
});

export const searchLog = endpoint({
  method: "GET",
  path: "/api/v1/runs/:run/logs/search",
  access: "family",
  summary: "Find the lines of a file that contain a text",
  description:
    "Case counts only when the text has a capital. `total` counts all such lines; `lines` holds the first of them.",
  params,
  query: z.object({
    path: artifactPath,
    text: z.string().min(1).max(1000),
    limit: z.coerce.number().int().min(1).max(100_000).default(10_000),
  }),
  response: z.object({
    total: z.int(),
    lines: z.array(z.int()).meta({ description: "Line numbers, from 0." }),
    searchedBytes: z.int(),
  }),
});
