// Computes, their nodes and queues.
import { createFileRoute } from "@tanstack/react-router";
import { ComputePage } from "../features/compute/compute-page.tsx";

export const Route = createFileRoute("/compute")({ component: ComputePage });
