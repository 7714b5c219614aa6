// What a person does to a run. The event stream brings what comes of it; the answer only makes it quicker.
import { useQueryClient } from "@tanstack/react-query";
import { call } from "../../api/call.ts";
import type { Job } from "../../api/queries.ts";
import { jobPath } from "../../api/paths.ts";
import { jobOfRunQuery } from "../../api/run-queries.ts";

export interface JobUpdate {
  displayName?: string;
  description?: string;
  tags?: Record<string, string | null>;
}

export function useRunChanges(run: string) {
  const queries = useQueryClient();
  const keep = (job: Job) => {
    queries.setQueryData(jobOfRunQuery(run).queryKey, job);
    void queries.invalidateQueries({ queryKey: ["run", run] });
  };
  const post = async (verb: string) => keep(await call<Job>(`${jobPath(run)}/${verb}`, { method: "POST" }));
  return {
    cancel: () => post("cancel"),
    archive: () => post("archive"),
    restore: () => post("restore"),
    update: async (body: JobUpdate) => keep(await call<Job>(jobPath(run), { method: "PATCH", body })),
  };
}
