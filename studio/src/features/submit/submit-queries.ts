// What the page for submitting asks of the server.
import { queryOptions } from "@tanstack/react-query";
import type { z } from "zod";
import type { readJobFile } from "../../../../src/api/job-files.ts";
import { call } from "../../api/call.ts";
import type { Job } from "../../api/queries.ts";
import type { Schema } from "./schema-words.ts";

type ReadFile = z.output<typeof readJobFile.response>;
export type FileProblem = ReadFile["problems"][number];

export const readFileQuery = (yaml: string) =>
  queryOptions({
    queryKey: ["job-file-read", yaml],
    queryFn: ({ signal }) => call<ReadFile>("/job-files/read", { method: "POST", body: { yaml }, signal }),
    // Computes and assets may have come since.
    staleTime: 5000,
    gcTime: 10_000,
  });

export const schemaQuery = (name: "command-job" | "sweep-job") =>
  queryOptions({
    queryKey: ["schemas", name],
    queryFn: async ({ signal }): Promise<Schema> => {
      const response = await fetch(`/schemas/${name}.schema.json`, { signal });
      if (!response.ok) throw new Error(`the server answered ${response.status}`);
      return (await response.json()) as Schema;
    },
  });

/** As the command line marks what was made from another run. */
const fromRunProperty = "trainyard.from_run";

export const submitSpec = (spec: NonNullable<ReadFile["spec"]>, from: string | undefined): Promise<Job> =>
  call<Job>("/jobs", {
    method: "POST",
    body: {
      spec: {
        ...spec,
        properties: { ...spec.properties, ...(from !== undefined && { [fromRunProperty]: from }) },
      },
    },
  });
