// What the server knows, cached by Query. Every call has its options here, used by loaders and components alike.
import { infiniteQueryOptions, QueryClient, queryOptions } from "@tanstack/react-query";
import type { z } from "zod";
import type { jobSchema, listJobs } from "../../../src/api/jobs.ts";
import type { workspaceSchema } from "../../../src/api/workspace.ts";
import { call, CallFailed } from "./call.ts";
import { jobPath, workspacePath } from "./paths.ts";

export type Job = z.output<typeof jobSchema>;
export type JobsPage = z.output<typeof listJobs.response>;
export type Workspace = z.output<typeof workspaceSchema>;

export const createQueries = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      queries: {
        // The event stream says when something has changed.
        staleTime: Infinity,
        retry: (count, error) => count < 3 && !(error instanceof CallFailed && error.status < 500),
      },
    },
  });

export const workspaceQuery = () =>
  queryOptions({
    queryKey: ["workspace"],
    queryFn: ({ signal }) => call<Workspace>(workspacePath, { signal }),
  });

export const jobQuery = (run: string) =>
  queryOptions({
    queryKey: ["job", run],
    queryFn: ({ signal }) => call<Job>(jobPath(run), { signal }),
  });

export const jobsQuery = (filter: { experiment?: string } = {}) =>
  infiniteQueryOptions({
    queryKey: ["jobs", filter],
    queryFn: ({ signal, pageParam }) =>
      call<JobsPage>("/jobs", { query: { limit: 200, before: pageParam, ...filter }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });
