// The planner for engines without a queue of their own: who gets which node now, and why the others wait. Pure.
import type { Compute } from "../core/compute.ts";

export interface PlannedNode {
  name: string;
  compute: string;
  run: string | null;
  /** When it began to be free or busy, ms. */
  since: number;
}

/** A job that is prepared and wants a node; the list of them is in the order of submission. */
export interface WaitingJob {
  run: string;
  attempt: string;
  target: string;
}

export interface Plan {
  /** A new node is added when its name is not among the present ones. */
  place: { attempt: string; run: string; compute: string; node: string }[];
  /** In the order in which they will run, by compute. */
  wait: { attempt: string; run: string; compute: string; position: number; reason: string }[];
  addNodes: { name: string; compute: string }[];
  removeNodes: string[];
}

export function planPlacements(
  computes: readonly Compute[],
  nodes: readonly PlannedNode[],
  waiting: readonly WaitingJob[],
  now: number,
): Plan {
  const plan: Plan = { place: [], wait: [], addNodes: [], removeNodes: [] };
  const known = new Set(computes.map((compute) => compute.name));
  for (const compute of computes) {
    planCompute(
      compute,
      nodes.filter((node) => node.compute === compute.name),
      waiting.filter((job) => job.target === compute.name),
      now,
      plan,
    );
  }
  for (const job of waiting.filter((candidate) => !known.has(candidate.target))) {
    const reason = `compute ${job.target} does not exist any more: create it again, or cancel the job`;
    plan.wait.push({ attempt: job.attempt, run: job.run, compute: job.target, position: 1, reason });
  }
  return plan;
}

function planCompute(
  compute: Compute,
  nodes: readonly PlannedNode[],
  waiting: readonly WaitingJob[],
  now: number,
  plan: Plan,
): void {
  const free = nodes.filter((node) => node.run === null).map((node) => node.name);
  const names = new Set(nodes.map((node) => node.name));
  let busy = nodes.length - free.length;
  const addNode = () => {
    let index = 0;
    while (names.has(`${compute.name}-${index}`)) index++;
    const name = `${compute.name}-${index}`;
    names.add(name);
    plan.addNodes.push({ name, compute: compute.name });
    return name;
  };

  let position = 0;
  for (const job of waiting) {
    // First come, first served: once one has to wait, all after it do.
    // The limit may be lower than the number of nodes that are still there.
    if (position === 0 && busy < compute.maxInstances) {
      const node = free.shift() ?? addNode();
      busy++;
      plan.place.push({ attempt: job.attempt, run: job.run, compute: compute.name, node });
    } else {
      position++;
      const reason = whyWaiting(compute, busy, position);
      plan.wait.push({ attempt: job.attempt, run: job.run, compute: compute.name, position, reason });
    }
  }

  while (names.size < compute.minInstances) addNode();
  const idleSince = now - compute.idleSecondsBeforeScaleDown * 1000;
  const idle = nodes.filter((node) => free.includes(node.name));
  const surplus = Math.max(0, names.size - compute.maxInstances);
  const leaving = idle.filter((node, index) => index < surplus || node.since <= idleSince);
  plan.removeNodes.push(
    ...leaving.slice(0, Math.max(0, names.size - compute.minInstances)).map((node) => node.name),
  );
}

function whyWaiting(compute: Compute, busy: number, position: number): string {
  if (compute.maxInstances === 0) {
    return `compute ${compute.name} may have no nodes: raise its limit with trainyard compute update -n ${compute.name} --max-instances 1`;
  }
  const ahead = position === 1 ? "next in line" : `${position - 1} ahead`;
  return `waiting for a node of ${compute.name}: ${busy} of ${compute.maxInstances} busy, ${ahead}`;
}
