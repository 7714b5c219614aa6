// Computes, their nodes and queues.
import { createFileRoute } from "@tanstack/react-router";
import { computesQuery } from "../api/compute-queries.ts";
import { ComputePage } from "../features/compute/compute-page.tsx";

export const Route = createFileRoute("/compute")({
  loader: ({ context }) => context.queries.ensureQueryData(computesQuery()),
  component: ComputePage,
});
