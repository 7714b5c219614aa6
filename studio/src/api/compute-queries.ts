// What the server knows of computes.
import { queryOptions } from "@tanstack/react-query";
import type { ComputeBody } from "../../../src/api/computes.ts";
import { call } from "./call.ts";

export type Compute = ComputeBody;

export const computesQuery = () =>
  queryOptions({
    queryKey: ["computes"],
    queryFn: async ({ signal }) => (await call<{ computes: Compute[] }>("/computes", { signal })).computes,
  });

export const computePath = (name: string): string => `/computes/${encodeURIComponent(name)}`;
