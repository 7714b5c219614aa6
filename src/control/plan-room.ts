// The machine that all computes share, while a plan is made: what of its cores and cards is taken, and could be had back.
import type { Compute } from "../core/compute.ts";
import type { MachineSize } from "../core/machine.ts";
import type { Plan, PlannedNode, Planning } from "./plan.ts";

export interface Need {
  cores: number;
  gpus: number;
  /** Whether it sees only the cards that it is given. */
  isSized: boolean;
}

/** Of one node. A size may stand for more than this machine has: the machine is then all of it. */
export function needOf(
  job: { size: string },
  compute: Compute,
  { sizes, machine }: Pick<Planning, "sizes" | "machine">,
): Need {
  const own = sizes.get(job.size.toLowerCase());
  const size: MachineSize | undefined = own ?? sizes.get(compute.size.toLowerCase());
  if (!size) return { cores: 1, gpus: 0, isSized: false };
  const gpus = own || machine.gpus.length > 0 ? size.gpus : 0;
  return {
    cores: Math.min(size.cores, machine.cores),
    gpus: own ? gpus : Math.min(gpus, machine.gpus.length),
    isSized: true,
  };
}

/** What of the machine is taken. */
export function createRoom({ computes, nodes, machine, sizes }: Planning) {
  const byName = new Map(computes.map((compute) => [compute.name, compute]));
  const taken = new Set<number>();
  const holders = new Set(nodes.flatMap((node) => node.run ?? []));
  let cores = 0;
  const coresOf = (node: PlannedNode) => {
    const compute = byName.get(node.compute);
    return compute ? needOf(node, compute, { sizes, machine }).cores : 1;
  };
  for (const node of nodes) {
    if (node.run === null) continue;
    cores += coresOf(node);
    for (const card of node.gpus ?? []) taken.add(card);
  }
  return {
    coresOf,
    /** The runs that have something of it. */
    holders,
    usedCores: () => cores,
    freeCards: () => machine.gpus.filter((card) => !taken.has(card)).length,
    take(run: string, need: Need): number[] | null {
      holders.add(run);
      cores += need.cores;
      if (!need.isSized) return null;
      const cards = machine.gpus.filter((card) => !taken.has(card)).slice(0, need.gpus);
      for (const card of cards) taken.add(card);
      return cards;
    },
  };
}

/** What low-priority jobs hold that could be had back. */
export function createSpare(
  { computes, nodes, stopping, machine }: Planning,
  room: ReturnType<typeof createRoom>,
  plan: Plan,
) {
  const low = new Set(computes.filter(({ tier }) => tier === "low_priority").map(({ name }) => name));
  const held = nodes.filter((node) => node.run !== null && low.has(node.compute));
  // The youngest lose least.
  const runs = [...new Set(held.toSorted((a, b) => b.since - a.since).map((node) => node.run!))];
  const shares = runs.map((run) => {
    const own = held.filter((node) => node.run === run);
    return {
      run,
      cores: own.reduce((sum, node) => sum + room.coresOf(node), 0),
      cards: own.reduce((sum, node) => sum + (node.gpus?.length ?? 0), 0),
      leaves: stopping.has(run),
    };
  });
  return {
    /** Returns the runs that have to go first, and asks those to go that were not asked yet. */
    makeRoom(need: { run: string; cores: number; cards: number }): string[] {
      let cores = room.usedCores() + need.cores - machine.cores;
      let cards = need.cards - room.freeCards();
      const leaving: string[] = [];
      for (const share of shares.toSorted((a, b) => Number(b.leaves) - Number(a.leaves))) {
        if (cores <= 0 && cards <= 0) break;
        if (cores <= 0 && share.cards === 0) continue;
        cores -= share.cores;
        cards -= share.cards;
        leaving.push(share.run);
        if (share.leaves) continue;
        share.leaves = true;
        plan.preempt.push({ run: share.run, for: need.run });
      }
      return leaving;
    },
  };
}
