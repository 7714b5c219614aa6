// Job files that are written in the browser: read and checked here, for the browser has no reader of its own.
import { z } from "zod";
import { endpoint } from "./endpoint.ts";
import { jobSpecSchema } from "./job-spec.ts";

const problem = z.object({
  line: z.int().optional().meta({ description: "From 1; absent when the file as a whole is meant." }),
  column: z.int().optional(),
  length: z.int().optional().meta({ description: "How many characters are at fault." }),
  path: z.string().meta({ description: "The place in the document, such as `inputs.table.mode`." }),
  message: z.string(),
  hint: z.string().optional(),
});

export const readJobFile = endpoint({
  method: "POST",
  path: "/api/v1/job-files/read",
  access: "user",
  summary: "Read a job's YAML and check it against this workspace",
  description:
    "In any dialect. Files that the text names are not looked at: they are faults, because only what is sent is known here. The spec is what to submit; it is null while there are problems.",
  body: z.object({ yaml: z.string().max(1 << 20) }),
  response: z.object({
    problems: z.array(problem),
    warnings: z.array(problem),
    spec: jobSpecSchema.nullable(),
  }),
});
