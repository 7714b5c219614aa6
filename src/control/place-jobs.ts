// Prepared jobs get nodes, by the planner; the others learn why they wait; nodes come and go.
import { grantNode, explainWait } from "../store/attempts.ts";
import { addNode, freeNodes, listComputes, listNodes, occupyNode, removeNode } from "../store/computes.ts";
import { recordEvent } from "../store/events.ts";
import { explainJob } from "../store/jobs.ts";
import { waitingAttempts } from "../store/queue.ts";
import type { Db } from "../store/store.ts";
import type { ControlContext } from "./context.ts";
import { planPlacements } from "./plan.ts";
import type { Plan } from "./plan.ts";

/** Returns how many jobs were placed or learned a new reason. */
export async function placeJobs({ store, clock, log }: ControlContext): Promise<number> {
  const waiting = await waitingAttempts(store.db);
  const computes = await listComputes(store.db);
  const nodes = await listNodes(store.db);
  const now = clock.now();
  const plan = planPlacements(computes, nodes, waiting, now);
  const changes = plan.place.length + plan.addNodes.length + plan.removeNodes.length;
  const news = plan.wait.filter(
    (wait) => waiting.find((job) => job.attempt === wait.attempt)?.reason !== wait.reason,
  );
  if (changes + news.length === 0) return 0;
  await store.write((tx) => apply(tx, { ...plan, wait: news }, now));
  for (const job of plan.place) log.info("placed", { job: job.run, node: job.node });
  return plan.place.length + news.length;
}

async function apply(tx: Db, plan: Plan, at: number): Promise<void> {
  for (const node of plan.addNodes) await addNode(tx, { ...node, run: null, since: at });
  for (const name of plan.removeNodes) await removeNode(tx, name);
  for (const job of plan.place) {
    if (!(await occupyNode(tx, job.node, job.run, at))) continue;
    if (!(await grantNode(tx, job.attempt, job.node))) {
      // It was stopped, or has ended, since the plan was made.
      await freeNodes(tx, job.run, at);
      continue;
    }
    await explainJob(tx, job.run, { to: "Queued", reason: `starting on ${job.node}`, attempt: 1, at });
  }
  for (const job of plan.wait) {
    await explainWait(tx, job.attempt, job.reason);
    await explainJob(tx, job.run, { to: "Queued", reason: job.reason, attempt: 1, at });
  }
  const resized = new Set(plan.addNodes.map((node) => node.compute));
  for (const compute of resized) {
    await recordEvent(tx, at, null, { kind: "compute.changed", compute, state: "resized" });
  }
}
