// The real store on SQLite in memory, with what most tests want to find in it.
import type { JobState } from "../../src/core/job.ts";
import { legalMoves } from "../../src/core/job.ts";
import type { Compute } from "../../src/core/compute.ts";
import { saveCompute } from "../../src/store/computes.ts";
import { insertJob, moveJob } from "../../src/store/jobs.ts";
import type { NewJob } from "../../src/store/jobs.ts";
import { openStore } from "../../src/store/store.ts";
import type { Store } from "../../src/store/store.ts";
import { aNewJob } from "./specs.ts";

export const openMemoryStore = (): Promise<Store> => openStore(":memory:");

export const aCompute = (name: string, changes: Partial<Compute> = {}): Compute => ({
  name,
  type: "amlcompute",
  size: "",
  tier: "dedicated",
  minInstances: 0,
  maxInstances: 1,
  idleSecondsBeforeScaleDown: 60,
  description: "",
  tags: {},
  createdAt: 1000,
  ...changes,
});

export const addCompute = (store: Store, name: string, changes: Partial<Compute> = {}): Promise<void> =>
  store.write((tx) => saveCompute(tx, aCompute(name, changes)));

/** Stores a job and brings it to the state along the shortest legal way. */
export async function addJob(
  store: Store,
  id: string,
  options: { state?: JobState; changes?: Partial<NewJob> } = {},
): Promise<void> {
  await store.write(async (tx) => {
    await insertJob(tx, aNewJob(id, options.changes));
    for (const to of wayTo(options.state ?? "Starting")) {
      const moved = await moveJob(tx, id, { to, reason: `to ${to}`, attempt: 1, at: 2000 });
      if (!moved) throw new Error(`the move to ${to} was refused`);
    }
  });
}

/** The states after Starting on the shortest legal way to this one. */
export function wayTo(state: JobState): JobState[] {
  const ways: JobState[][] = [["Starting"]];
  for (const way of ways) {
    const last = way.at(-1)!;
    if (last === state) return way.slice(1);
    for (const next of legalMoves[last]) if (!way.includes(next)) ways.push([...way, next]);
  }
  throw new Error(`no legal way leads from Starting to ${state}`);
}
