// Prepared jobs get nodes, by the planner; the others learn why they wait; nodes come and go.
import { grantNodes, explainWait, openAttempts, stopAttempts } from "../store/attempts.ts";
import { addNode, freeNodes, listComputes, listNodes, occupyNode, removeNode } from "../store/computes.ts";
import { recordEvent } from "../store/events.ts";
import { addNote, explainJob } from "../store/jobs.ts";
import { waitingAttempts } from "../store/queue.ts";
import type { Db } from "../store/store.ts";
import type { ControlContext } from "./context.ts";
import { planPlacements } from "./plan.ts";
import type { Plan } from "./plan.ts";

/** Returns how many jobs were placed, asked to make room, or learned a new reason. */
export async function placeJobs({ store, clock, log, engine, sizes }: ControlContext): Promise<number> {
  const waiting = await waitingAttempts(store.db);
  const computes = await listComputes(store.db);
  const nodes = await listNodes(store.db);
  const now = clock.now();
  const stopping = new Set(
    (await openAttempts(store.db)).filter((attempt) => attempt.stop !== null).map((attempt) => attempt.run),
  );
  const machine = await engine.machine();
  const plan = planPlacements({ computes, nodes, waiting, stopping, machine, sizes: await sizes(), now });
  const changes = plan.place.length + plan.preempt.length + plan.addNodes.length + plan.removeNodes.length;
  const known = new Map(waiting.map((job) => [job.attempt, job]));
  const news = plan.wait.filter((wait) => known.get(wait.attempt)?.reason !== wait.reason);
  if (changes + news.length === 0) return 0;
  const numbers = new Map(waiting.map((job) => [job.attempt, job.number]));
  const removed = nodes.filter((node) => plan.removeNodes.includes(node.name));
  const resized = new Set([...plan.addNodes, ...removed].map((node) => node.compute));
  await store.write(async (tx) => {
    await apply(tx, { ...plan, wait: news }, numbers, now);
    for (const compute of resized)
      await recordEvent(tx, now, null, { kind: "compute.changed", compute, state: "resized" });
  });
  for (const job of plan.place)
    log.info("placed", { job: job.run, nodes: job.nodes.map(({ name }) => name).join(" ") });
  for (const { run, for: other } of plan.preempt) log.info("preempted", { job: run, for: other });
  return plan.place.length + plan.preempt.length + news.length;
}

async function apply(tx: Db, plan: Plan, numbers: ReadonlyMap<string, number>, at: number): Promise<void> {
  const numberOf = (attempt: string) => numbers.get(attempt) ?? 1;
  for (const node of plan.addNodes) await addNode(tx, { ...node, run: null, since: at, gpus: null });
  for (const name of plan.removeNodes) await removeNode(tx, name);
  for (const job of plan.place) {
    // All or none; what was stopped or has ended since the plan was made gets none.
    if (!(await occupyAll(tx, job, at)) || !(await grantNodes(tx, job.attempt, job.nodes))) {
      await freeNodes(tx, job.run, at);
      continue;
    }
    const names = job.nodes.map(({ name }) => name).join(", ");
    const attempt = numberOf(job.attempt);
    await explainJob(tx, job.run, { to: "Queued", reason: `starting on ${names}`, attempt, at });
  }
  for (const { run, for: other } of plan.preempt) {
    if ((await stopAttempts(tx, run, "preempted")) === 0) continue;
    const message = `preempted: its low-priority nodes are needed by ${other}`;
    await addNote(tx, run, { level: "warning", message }, at);
  }
  for (const job of plan.wait) {
    await explainWait(tx, job.attempt, job.reason);
    await explainJob(tx, job.run, { to: "Queued", reason: job.reason, attempt: numberOf(job.attempt), at });
  }
}

async function occupyAll(tx: Db, job: Plan["place"][number], at: number): Promise<boolean> {
  for (const node of job.nodes) if (!(await occupyNode(tx, node, job.run, at))) return false;
  return true;
}
