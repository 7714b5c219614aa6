// The planner for engines without a queue of their own: who gets which nodes now, and why the others wait. Pure.
import type { Compute } from "../core/compute.ts";
import type { Machine, SizeTable } from "../core/machine.ts";
import { createRoom, createSpare, needOf } from "./plan-room.ts";

export interface PlannedNode {
  name: string;
  compute: string;
  run: string | null;
  /** When it began to be free or busy, ms. */
  since: number;
  /** The size that its run asked for; empty when it took the compute's. */
  size: string;
  /** The graphics cards that its run has there; null when it may use all. */
  gpus: readonly number[] | null;
}

/** A job that is prepared and wants nodes; the list of them is in the order of submission. */
export interface WaitingJob {
  run: string;
  attempt: string;
  target: string;
  nodeCount: number;
  /** Its own size of machine, instead of its compute's. */
  size: string;
  /** Greater ones first. */
  priority: number;
}

export interface Planning {
  computes: readonly Compute[];
  nodes: readonly PlannedNode[];
  waiting: readonly WaitingJob[];
  /** Runs that have been told to end and still have their nodes. */
  stopping: ReadonlySet<string>;
  machine: Machine;
  sizes: SizeTable;
  now: number;
}

export interface GrantedNode {
  name: string;
  gpus: number[] | null;
}

export interface Plan {
  /** All nodes of a job or none. A new node is added when its name is not among the present ones. */
  place: { attempt: string; run: string; compute: string; nodes: GrantedNode[] }[];
  /** In the order in which they will run, by compute. */
  wait: { attempt: string; run: string; compute: string; position: number; reason: string }[];
  /** Low-priority runs that have to make room, and for whom. */
  preempt: { run: string; for: string }[];
  addNodes: { name: string; compute: string }[];
  removeNodes: string[];
}

export function planPlacements(planning: Planning): Plan {
  const { computes, waiting } = planning;
  const plan: Plan = { place: [], wait: [], preempt: [], addNodes: [], removeNodes: [] };
  const line = createLine(planning, plan);
  const fleets = new Map(computes.map((compute) => [compute.name, createFleet(compute, planning, plan)]));
  // Low-priority jobs get what the others leave.
  for (const tier of ["dedicated", "low_priority"] as const) {
    for (const job of inOrder(waiting)) {
      const fleet = fleets.get(job.target);
      if (fleet?.compute.tier === tier) line.serve(job, fleet);
    }
  }
  for (const job of waiting.filter((candidate) => !fleets.has(candidate.target))) {
    const reason = `compute ${job.target} does not exist any more: create it again, or cancel the job`;
    plan.wait.push({ attempt: job.attempt, run: job.run, compute: job.target, position: 1, reason });
  }
  for (const fleet of fleets.values()) fleet.resize();
  return plan;
}

/** Greater priority first; within one, first come, first served. */
export const inOrder = <Job extends { priority: number }>(waiting: readonly Job[]): Job[] =>
  [...waiting].sort((a, b) => b.priority - a.priority);

/** The nodes of one compute while a plan is made. */
function createFleet(compute: Compute, { nodes: all, now }: Planning, plan: Plan) {
  const nodes = all.filter((node) => node.compute === compute.name);
  const free = nodes.filter((node) => node.run === null).map((node) => node.name);
  const names = new Set(nodes.map((node) => node.name));
  const holders = new Set(nodes.flatMap((node) => node.run ?? []));
  let busy = nodes.length - free.length;

  const addNode = () => {
    let index = 0;
    while (names.has(`${compute.name}-${index}`)) index++;
    const name = `${compute.name}-${index}`;
    names.add(name);
    plan.addNodes.push({ name, compute: compute.name });
    return name;
  };

  return {
    compute,
    /** Whoever comes later waits behind the first of those that wait here. */
    first: undefined as { run: string; reason: string } | undefined,
    waiting: 0,
    busy: () => busy,
    holders,
    // The limit may be lower than the number of nodes that are still there.
    hasRoomFor: (count: number) => busy + count <= compute.maxInstances,
    take(count: number, run: string): string[] {
      busy += count;
      holders.add(run);
      return Array.from({ length: count }, () => free.shift() ?? addNode());
    },
    resize(): void {
      while (names.size < compute.minInstances) addNode();
      const idleSince = now - compute.idleSecondsBeforeScaleDown * 1000;
      const idle = nodes.filter((node) => free.includes(node.name));
      const surplus = Math.max(0, names.size - compute.maxInstances);
      const leaving = idle.filter((node, index) => index < surplus || node.since <= idleSince);
      plan.removeNodes.push(
        ...leaving.slice(0, Math.max(0, names.size - compute.minInstances)).map((node) => node.name),
      );
    },
  };
}
type Fleet = ReturnType<typeof createFleet>;

/** Serves the jobs one after the other, and keeps count of what all computes share: the machine. */
function createLine(planning: Planning, plan: Plan) {
  const { machine } = planning;
  const room = createRoom(planning);
  const spare = createSpare(planning, room, plan);
  /** A job waits for graphics cards: later ones must not take what it gathers. */
  let cardsAwaitedBy: string | undefined;
  /** A low-priority job waits for spare capacity. */
  let spareAwaitedBy: string | undefined;

  function whyNot(job: WaitingJob, fleet: Fleet): { reason: string; blocks: boolean } | undefined {
    const { compute } = fleet;
    const need = needOf(job, compute, planning);
    const cards = need.gpus * job.nodeCount;
    if (compute.maxInstances < job.nodeCount) {
      return { reason: whyNever(job, compute), blocks: false };
    }
    if (cards > machine.gpus.length) {
      const reason = `needs ${cards} graphics cards (${need.gpus} on each of ${countNodes(job.nodeCount)}), and this machine has ${machine.gpus.length}: ask for fewer nodes or a smaller size`;
      return { reason, blocks: false };
    }
    if (!fleet.hasRoomFor(job.nodeCount)) {
      const which = job.nodeCount === 1 ? "a node" : `${job.nodeCount} nodes`;
      const held = `${fleet.busy()} of ${compute.maxInstances} busy${listed(fleet.holders)}`;
      return { reason: `waiting for ${which} of ${compute.name}: ${held}`, blocks: true };
    }
    if (fleet.first) {
      const { run, reason } = fleet.first;
      return { reason: `waiting for its turn on ${compute.name}: ${run} is ${reason}`, blocks: true };
    }
    const cores = need.cores * job.nodeCount;
    if (compute.tier === "dedicated") {
      const leaving = spare.makeRoom({ run: job.run, cores, cards });
      if (leaving.length > 0) {
        if (cards > room.freeCards()) cardsAwaitedBy ??= job.run;
        return { reason: `waiting for low-priority jobs to make room: ${leaving.join(", ")}`, blocks: true };
      }
    }
    if (cards > 0 && (cardsAwaitedBy !== undefined || cards > room.freeCards())) {
      cardsAwaitedBy ??= job.run;
      const taken = machine.gpus.length - room.freeCards();
      const which = cards === 1 ? "a graphics card" : `${cards} graphics cards`;
      const before = cardsAwaitedBy === job.run ? "" : `, after ${cardsAwaitedBy}`;
      return {
        reason: `waiting for ${which}: ${taken} of ${machine.gpus.length} are taken${before}`,
        blocks: true,
      };
    }
    if (compute.tier === "low_priority") {
      // Alone it may have more than there is: else it would wait for ever.
      const fits = room.usedCores() === 0 || room.usedCores() + cores <= machine.cores;
      if (spareAwaitedBy !== undefined || !fits) {
        spareAwaitedBy ??= job.run;
        const before = spareAwaitedBy === job.run ? "" : `, after ${spareAwaitedBy}`;
        const taken = `other jobs take ${room.usedCores()}${listed(room.holders)}`;
        return {
          reason: `waiting for spare cores: it needs ${cores} of this machine's ${machine.cores}, and ${taken}${before}`,
          blocks: true,
        };
      }
    }
    return undefined;
  }

  return {
    serve(job: WaitingJob, fleet: Fleet): void {
      const base = { attempt: job.attempt, run: job.run, compute: fleet.compute.name };
      const not = whyNot(job, fleet);
      if (!not) {
        const need = needOf(job, fleet.compute, planning);
        const nodes = fleet
          .take(job.nodeCount, job.run)
          .map((name) => ({ name, gpus: room.take(job.run, need) }));
        plan.place.push({ ...base, nodes });
        return;
      }
      const position = fleet.waiting + 1;
      if (!not.blocks) {
        plan.wait.push({ ...base, position, reason: not.reason });
        return;
      }
      fleet.first ??= { run: job.run, reason: not.reason };
      fleet.waiting++;
      const ahead = position === 1 ? "next in line" : `${position - 1} ahead`;
      plan.wait.push({ ...base, position, reason: `${not.reason}, ${ahead}` });
    },
  };
}

const countNodes = (count: number): string => (count === 1 ? "one node" : `${count} nodes`);

function listed(runs: ReadonlySet<string>): string {
  const names = [...runs].slice(0, 3).join(", ");
  return runs.size === 0 ? "" : ` (${names}${runs.size > 3 ? ` and ${runs.size - 3} more` : ""})`;
}

function whyNever({ nodeCount }: WaitingJob, compute: Compute): string {
  const raise = `raise its limit with trainyard compute update -n ${compute.name} --max-instances ${nodeCount}`;
  if (compute.maxInstances === 0) return `compute ${compute.name} may have no nodes: ${raise}`;
  return `needs ${nodeCount} nodes, and ${compute.name} may have ${compute.maxInstances}: ${raise}`;
}
