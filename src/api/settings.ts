// What the page of settings shows: the token, and how much is stored.
import { z } from "zod";
import { endpoint } from "./endpoint.ts";

export const revealToken = endpoint({
  method: "POST",
  path: "/api/v1/studio/token",
  access: "user",
  summary: "Read the person's token, to be given to other programs",
  body: z.object({}),
  response: z.object({ token: z.string() }),
});

export const getStorage = endpoint({
  method: "GET",
  path: "/api/v1/workspace/storage",
  access: "user",
  summary: "How much the server's home holds",
  response: z.object({
    home: z.string(),
    parts: z.array(
      z.object({
        name: z.enum(["files", "logs", "database", "environments", "inputs", "agents", "datastores", "rest"]),
        sizeBytes: z.int(),
        files: z.int(),
      }),
    ),
    freeBytes: z.int().meta({ description: "On the disk that it lies on." }),
  }),
});

const fileCount = z.object({ files: z.int(), sizeBytes: z.int() });

/** Below it, an upload that is under way could lose what it sent first. */
export const leastGraceHours = 1;

export const collectStorage = endpoint({
  method: "POST",
  path: "/api/v1/workspace/storage/collect",
  access: "user",
  summary: "Remove stored files that no run, asset or job names",
  body: z.object({
    dryRun: z.boolean().default(false).meta({ description: "Only tell what would go." }),
    graceHours: z.number().min(leastGraceHours).default(24).meta({
      description: "What was used in the last so many hours stays.",
    }),
    deleteArchivedHours: z.number().min(leastGraceHours).optional().meta({
      description: "Also delete for good the runs and experiments that were archived longer ago than this.",
    }),
  }),
  response: z.object({
    dryRun: z.boolean(),
    graceHours: z.number(),
    deleted: z
      .object({ runs: z.int(), models: z.int(), experiments: z.int() })
      .meta({ description: "What was archived long ago. Its files are counted only when it is no dry run." }),
    removed: fileCount,
    waiting: fileCount.meta({ description: "Not named either, but used too lately." }),
    kept: fileCount,
    snapshots: z.int().meta({ description: "Lists of files that nobody names any more." }),
  }),
});
