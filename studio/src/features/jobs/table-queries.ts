// What the jobs page asks of the server.
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { z } from "zod";
import type { countRuns, readRunTable, readSparklines } from "../../../../src/api/run-table.ts";
import type { listExperiments } from "../../../../src/api/workspace.ts";
import { call } from "../../api/call.ts";
import { firstPageOf, keysCall, tableCall } from "./table-calls.ts";
import type { RunKeys, TableRequest } from "./view.ts";

export type TablePage = z.output<typeof readRunTable.response>;

const post = <Answer>(path: string, body: unknown, signal?: AbortSignal) =>
  call<Answer>(path, { method: "POST", body, ...(signal && { signal }) });

const laterPage = 400;

export const tableQuery = (request: TableRequest) =>
  infiniteQueryOptions({
    queryKey: ["table", request],
    queryFn: ({ signal, pageParam }) =>
      readTable(
        pageParam === undefined
          ? firstPageOf(request)
          : { ...request, limit: laterPage, pageToken: pageParam },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
    // Rows are patched as events tell, never fetched again: live-rows.ts.
    refetchOnMount: false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });

export const readTable = (request: TableRequest, signal?: AbortSignal) =>
  call<TablePage>(...tableCall(request, signal));

export const countQuery = ({ orderBy: _order, columns: _columns, ...selection }: TableRequest) =>
  queryOptions({
    queryKey: ["table-count", selection],
    queryFn: ({ signal }) => post<z.output<typeof countRuns.response>>("/runs/count", selection, signal),
    placeholderData: keepPreviousData,
  });

export const childrenQuery = (request: TableRequest, parent: string) =>
  queryOptions({
    queryKey: ["table-children", parent, request],
    queryFn: ({ signal }) => readTable({ ...request, parent, limit: 500 }, signal),
    placeholderData: keepPreviousData,
  });

export const keysQuery = (experiments: readonly string[] | undefined) =>
  queryOptions({
    queryKey: ["run-keys", experiments ?? null],
    queryFn: ({ signal }) => call<RunKeys>(...keysCall(experiments, signal)),
    placeholderData: keepPreviousData,
  });

export const experimentsQuery = () =>
  queryOptions({
    queryKey: ["experiments"],
    queryFn: ({ signal }) => call<z.output<typeof listExperiments.response>>("/experiments", { signal }),
  });

export const readCurves = (runs: readonly string[], metric: string, signal?: AbortSignal) =>
  post<z.output<typeof readSparklines.response>>("/runs/sparklines", { runs, metric }, signal);
