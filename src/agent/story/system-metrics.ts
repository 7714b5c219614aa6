// Samples what an attempt uses, every few seconds while its processes run, into the run's records.
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { describeError } from "../../lib/log.ts";
import type { Attempt } from "../attempt/attempt.ts";
import { nodeFolders } from "../attempt/attempt-folder.ts";
import type { Placement } from "../launch/placement.ts";
import type { PlannedProcess } from "../launch/plan-processes.ts";
import type { LaunchedProcess } from "../launch/ground.ts";
import type { LaunchMark } from "../launch/launch-mark.ts";
import { findProcesses } from "../processes/process-table.ts";
import { readCounters, readProcessUse, sampleMachine, sampleProcesses } from "../processes/system-sample.ts";
import type { Counters, Sample } from "../processes/system-sample.ts";
import { watchGpus } from "../processes/watch-gpus.ts";
import { readWrapperPid } from "../processes/wrapper.ts";

export interface SystemMetrics {
  stop(): Promise<void>;
}

/** A trial that has ended by then used nothing worth a curve. */
const trialRestMs = 2000;

interface Site {
  plans: readonly PlannedProcess[];
  placement: Placement;
  launched: readonly LaunchedProcess[];
  mark: LaunchMark;
}

export function startSystemMetrics(attempt: Attempt, site: Site): SystemMetrics {
  const stop = new AbortController();
  const done = sampleUntil(attempt, site, AbortSignal.any([attempt.signal, stop.signal])).catch(
    (error: unknown) => {
      attempt.log.warn("the machine could not be sampled any more", { error: describeError(error) });
    },
  );
  return {
    async stop() {
      stop.abort();
      await done;
    },
  };
}

async function sampleUntil(attempt: Attempt, site: Site, signal: AbortSignal): Promise<void> {
  const { clock, config, folder } = attempt;
  const everyMs = config.sampleSeconds * 1000;
  if (everyMs === 0) return;
  if (attempt.order.spec.trial !== undefined) await clock.sleep(trialRestMs, signal);
  if (signal.aborted) return;
  const { nodes } = site.placement;
  const folders = nodeFolders(folder, nodes.length);
  const gpus = watchGpus(config.hostVariables, everyMs);
  // Also where sampling ends by an error.
  using _watching = { [Symbol.dispose]: () => gpus.stop() };
  let before: Counters | undefined;
  for (;;) {
    const use = useByNode(attempt, site);
    const now = readCounters(clock.elapsed(), new Map(use.map(({ ticks }, node) => [node, ticks])));
    if (!now) return;
    if (before) {
      const at = clock.now();
      const step = Math.round((at - site.mark.at) / everyMs);
      const write = (node: number, prefix: string, sample: Sample) => {
        const lines = Object.entries(sample).map(([name, v]) =>
          JSON.stringify({ t: "m", n: `system/${prefix}${name}`, v, s: step, at }),
        );
        if (lines.length > 0)
          appendFileSync(join(folders[node]!.records, "system.ndjson"), `${lines.join("\n")}\n`);
      };
      write(0, "", await sampleMachine(before, now, folder.root));
      write(0, "", gpus.take(cardsOf(nodes)));
      for (const [node, { residentBytes }] of use.entries()) {
        const prefix = nodes.length > 1 ? `node_${node}/` : "";
        write(node, prefix, sampleProcesses(before, now, node, residentBytes));
      }
    }
    before = now;
    await clock.sleep(everyMs, signal);
    if (signal.aborted) return;
  }
}

/** Undefined when a node may use all. */
function cardsOf(nodes: Placement["nodes"]): number[] | undefined {
  return nodes.some(({ gpus }) => gpus === undefined) ? undefined : nodes.flatMap(({ gpus = [] }) => gpus);
}

/** Every process belongs to the node of the nearest wrapper above it. */
function useByNode(attempt: Attempt, { plans, placement, launched, mark }: Site) {
  const names = placement.nodes.map(({ name }) => name);
  const use = names.map(() => ({ ticks: 0, residentBytes: 0 }));
  const nodeOf = new Map<number, number>();
  for (const plan of plans) {
    const pid = launched.find(({ name }) => name === plan.name)?.pid;
    if (pid !== undefined) nodeOf.set(pid, names.indexOf(plan.node));
    for (const member of plan.members) {
      const wrapper = readWrapperPid(join(attempt.folder.processes, member.name));
      if (wrapper !== undefined) nodeOf.set(wrapper, names.indexOf(member.node));
    }
  }
  const sessions = new Set(launched.flatMap(({ pid }) => pid ?? []));
  const found = new Map(
    findProcesses(attempt.nonce, sessions, mark).flatMap(({ pid }) => {
      const facts = readProcessUse(pid);
      return facts ? [[pid, facts] as const] : [];
    }),
  );
  for (const [pid, facts] of found) {
    let above = pid;
    while (!nodeOf.has(above) && found.has(above)) above = found.get(above)!.parent;
    const node = use[nodeOf.get(above) ?? 0]!;
    node.ticks += facts.ticks;
    node.residentBytes += facts.residentBytes;
  }
  return use;
}
