// What the server knows of one run: its record, files, code and what it logged.
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { z } from "zod";
import type { Artifact, listArtifacts } from "../../../src/api/artifacts.ts";
import type { listJobs } from "../../../src/api/jobs.ts";
import type { getJobFile, listRunAssets, readRunDetails } from "../../../src/api/run-details.ts";
import type { getMetric, Run } from "../../../src/api/runs.ts";
import type { manifestSchema } from "../../../src/api/snapshots.ts";
import { addressOf, call, failureOf } from "./call.ts";
import { gatherCalls } from "./gather.ts";
import { detailsCall, jobPath, runPath } from "./paths.ts";
import type { Job } from "./queries.ts";

export type { Artifact, Run };
export type MetricSummary = Run["metrics"][number];
export type Manifest = z.output<typeof manifestSchema>;
export type MetricRows = z.output<typeof getMetric.response>;
export type RunAsset = z.output<typeof listRunAssets.response>["assets"][number];

type Details = z.output<typeof readRunDetails.response>["runs"][number];

const mostInRequest = 100;

const readDetails = gatherCalls(
  async (names: readonly string[]) => {
    const { runs } = await call<z.output<typeof readRunDetails.response>>(
      ...detailsCall([...new Set(names)]),
    );
    const found = new Map<string, Details>(runs.map((details) => [details.run.id, details]));
    return (name: string) => found.get(name);
  },
  { most: mostInRequest, waitMs: 0 },
);

export const runQuery = (run: string) =>
  queryOptions({
    queryKey: ["run", run],
    // The call that is about this run alone says best why there is none.
    queryFn: async ({ signal }) =>
      (await readDetails(run))?.run ?? (await call<Run>(runPath(run), { signal })),
  });

/** A run that nobody submitted, such as one that MLflow's client began, has no job: null. */
export const jobOfRunQuery = (run: string) =>
  queryOptions({
    queryKey: ["job", run, "of-run"],
    queryFn: async (): Promise<Job | null> => (await readDetails(run))?.job ?? null,
  });

export const jobFileQuery = (run: string) =>
  queryOptions({
    queryKey: ["job-file", run],
    queryFn: ({ signal }) => call<z.output<typeof getJobFile.response>>(`${jobPath(run)}/file`, { signal }),
  });

export const runAssetsQuery = (run: string) =>
  queryOptions({
    queryKey: ["assets", "of-run", run],
    queryFn: ({ signal }) =>
      call<z.output<typeof listRunAssets.response>>(`${runPath(run)}/assets`, { signal }),
  });

const mostFiles = 50_000;

export const artifactsQuery = (run: string) =>
  queryOptions({
    queryKey: ["artifacts", run],
    queryFn: async ({ signal }) => {
      const files: Artifact[] = [];
      let after: string | undefined;
      do {
        const page = await call<z.output<typeof listArtifacts.response>>(`${runPath(run)}/artifacts`, {
          query: { after },
          signal,
        });
        files.push(...page.artifacts);
        after = page.next ?? undefined;
      } while (after !== undefined && files.length < mostFiles);
      return files;
    },
  });

export const childrenQuery = (run: string) =>
  queryOptions({
    queryKey: ["jobs", "children", run],
    queryFn: ({ signal }) =>
      call<z.output<typeof listJobs.response>>("/jobs", { query: { parent: run, limit: 500 }, signal }),
  });

/** All rows of what is not a series of numbers: a table, pictures, a confusion matrix. */
export const rowsQuery = (run: string, name: string, count: number) =>
  queryOptions({
    queryKey: ["rows", run, name, count],
    queryFn: ({ signal }) =>
      call<MetricRows>(`${runPath(run)}/metrics`, { query: { name, limit: 10_000 }, signal }),
    // The rows so far stay in sight while the new ones come.
    placeholderData: keepPreviousData,
  });

export const snapshotQuery = (snapshot: string) =>
  queryOptions({
    queryKey: ["snapshot", snapshot],
    queryFn: ({ signal }) => call<Manifest>(`/snapshots/${snapshot}`, { signal }),
  });

/** Longer files are cut: they are looked at, not edited. */
export const mostTextBytes = 2 << 20;

export interface TextFile {
  text: string;
  isBinary: boolean;
  isCut: boolean;
}

export const blobTextQuery = (hash: string) =>
  queryOptions({
    queryKey: ["blob", hash],
    queryFn: ({ signal }) => readText(`/blobs/${hash}`, {}, signal),
    gcTime: 60_000,
  });

export const artifactTextQuery = (run: string, path: string, version: string) =>
  queryOptions({
    queryKey: ["artifact-text", run, path, version],
    queryFn: ({ signal }) =>
      readText(`${runPath(run)}/artifacts/content`, { path, start: 0, end: mostTextBytes + 1 }, signal),
    gcTime: 60_000,
  });

async function readText(
  path: string,
  query: Record<string, string | number>,
  signal: AbortSignal,
): Promise<TextFile> {
  const response = await fetch(addressOf(path, query), { signal });
  if (!response.ok) throw await failureOf(response);
  const bytes = new Uint8Array(await response.arrayBuffer());
  const part = bytes.subarray(0, mostTextBytes);
  return {
    text: new TextDecoder().decode(part),
    isBinary: part.subarray(0, 8000).includes(0),
    isCut: bytes.length > mostTextBytes,
  };
}

/** Where the browser finds a file of a run. */
export const artifactAddress = (run: string, path: string): string =>
  addressOf(`${runPath(run)}/artifacts/content`, { path });
