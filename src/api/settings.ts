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
        name: z.enum(["files", "logs", "database", "agents", "datastores", "rest"]),
        sizeBytes: z.int(),
        files: z.int(),
      }),
    ),
    freeBytes: z.int().meta({ description: "On the disk that it lies on." }),
  }),
});
