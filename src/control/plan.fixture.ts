// What the tests of the planner begin with: a small machine, its sizes, and jobs that wait for it.
import { sizeTable } from "../core/machine.ts";
import type { Machine } from "../core/machine.ts";
import { planPlacements } from "./plan.ts";
import type { Plan, Planning, WaitingJob } from "./plan.ts";

export const now = 1_000_000;
export const machine: Machine = { cores: 4, memoryBytes: 16 * 2 ** 30, gpus: [0, 1] };
const sizes = sizeTable({
  one: { cores: 1, memoryGib: 1, gpus: 1 },
  two: { cores: 2, memoryGib: 1, gpus: 0 },
});
export const planOf = (change: Partial<Planning>): Plan =>
  planPlacements({
    computes: [],
    nodes: [],
    waiting: [],
    stopping: new Set(),
    machine,
    sizes,
    now,
    ...change,
  });
export const aJob = (run: string, change: Partial<WaitingJob> = {}): WaitingJob => ({
  run,
  attempt: `${run}-attempt`,
  target: "gpu",
  nodeCount: 1,
  size: "",
  priority: 0,
  ...change,
});
export const namesOf = (job: Plan["place"][number]) => job.nodes.map(({ name }) => name);
