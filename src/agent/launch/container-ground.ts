// Processes in containers, one container a node: all of the node's processes share it, as they would share a machine.
//
// The container's first process is a few lines of shell that start the node's wrappers and wait for them. They write
// logs and exit codes into the attempt's folder, which is mounted where it is, so neither the agent nor the engine has
// to be alive for them. A container's name is made from its attempt and node: it is created at most once.
import { join } from "node:path";
import type { Attempt } from "../attempt/attempt.ts";
import type { ContainerPlan } from "../attempt/container-plan.ts";
import { EngineRefused, EngineUnreachable } from "../containers/engine-call.ts";
import type { ContainerEngine } from "../containers/engine.ts";
import { hintFor } from "../containers/explain-refusal.ts";
import {
  createContainer,
  execInContainer,
  inspectContainer,
  killContainer,
  listContainers,
  removeContainer,
  startContainer,
  waitForContainer,
} from "../containers/run-container.ts";
import type { ContainerState } from "../containers/run-container.ts";
import { labelNames } from "../containers/labels.ts";
import { hasProc } from "../processes/process-table.ts";
import { wasStarted } from "../processes/wrapper.ts";
import { containerBody, containerName } from "./container-body.ts";
import type { Ground, LaunchedProcess, ProcessExit } from "./ground.ts";
import { isOtherBoot } from "./launch-mark.ts";
import type { LaunchMark } from "./launch-mark.ts";
import { handOver } from "./hand-over.ts";
import type { PlannedProcess } from "./plan-processes.ts";

/** How long a container may take to go after KILL. */
const killPatienceMs = 10_000;

export function createContainerGround(attempt: Attempt, plan: ContainerPlan): Ground {
  const { folder, engines, clock, signal } = attempt;
  const engineNow = () => engines.at(plan.address);
  const fileOf = ({ name }: PlannedProcess) => join(folder.processes, name);

  async function launchNode(
    node: string,
    plans: readonly PlannedProcess[],
    mark: LaunchMark,
  ): Promise<LaunchedProcess[]> {
    const engine = await engineNow();
    const name = containerName(attempt.order.attempt, node);
    const made = await obtainContainer(engine, name, plans, mark).catch(explainRefusal);
    const bases = plans.map((one) => ({ name: one.name, isService: one.isService, file: fileOf(one) }));
    if ("failure" in made) return bases.map((base) => ({ ...base, pid: undefined, failure: made.failure }));
    if (made.state === undefined)
      return bases.map((base) => ({ ...base, pid: undefined, ended: Promise.resolve(gone) }));
    const { id, pid } = made.state;
    const ended = waitForContainer(engine, id, { clock, signal }).then(describeExit);
    // Whoever supervises looks at it; a container that ends before is no unhandled trouble.
    ended.catch(() => {});
    const seen = engine.sharesKernel && hasProc() && pid > 0 ? pid : undefined;
    return bases.map((base) => ({ ...base, pid: seen, ended }));
  }

  /** A started one, or none when it was started and is gone. */
  async function obtainContainer(
    engine: ContainerEngine,
    name: string,
    plans: readonly PlannedProcess[],
    mark: LaunchMark,
  ): Promise<{ state: ContainerState | undefined }> {
    const known = await inspectContainer(engine, name);
    if (known && known.status !== "created") return { state: known };
    const isStarted = plans.some((one) => wasStarted(fileOf(one)));
    if (isStarted || isOtherBoot(mark)) return { state: undefined };
    if (!known) {
      await handOver(attempt, engine, plan);
      await createContainer(engine, name, containerBody(attempt, plan, plans));
    }
    await startContainer(engine, name);
    return { state: await inspectContainer(engine, name) };
  }

  function explainRefusal(error: unknown): { failure: string } {
    if (!(error instanceof EngineRefused)) throw error;
    const hint = hintFor(error.message);
    const lines = [
      `the container of ${plan.imageName} could not be started; the engine says:`,
      `  ${error.message}`,
    ];
    return { failure: [...lines, ...(hint === undefined ? [] : [hint])].join("\n") };
  }

  const ours = async (engine: ContainerEngine) =>
    (await listContainers(engine, [`${labelNames.attempt}=${attempt.order.attempt}`])).map(({ id }) => id);

  async function endOne(engine: ContainerEngine, id: string, graceMs: number): Promise<boolean> {
    const state = await inspectContainer(engine, id);
    if (state?.status !== "running") return false;
    if (graceMs > 0) {
      // All but the first process, which writes down how it ended.
      await execInContainer(engine, id, ["/bin/sh", "-c", "kill -TERM -1"], "0:0").catch(unlessRefused);
      await waitAtMost(engine, id, graceMs);
    }
    await killContainer(engine, id);
    await waitAtMost(engine, id, killPatienceMs);
    return true;
  }

  async function waitAtMost(engine: ContainerEngine, id: string, ms: number): Promise<void> {
    const stop = new AbortController();
    const waited = waitForContainer(engine, id, {
      clock,
      signal: AbortSignal.any([signal, stop.signal]),
    }).catch(() => {});
    await Promise.race([waited, clock.sleep(ms, AbortSignal.any([signal, stop.signal]))]);
    stop.abort(new Error("waited long enough"));
    await waited;
    signal.throwIfAborted();
  }

  return {
    async launch(plans, mark) {
      const nodes = [...new Set(plans.map(({ node }) => node))];
      const launched = await Promise.all(
        nodes.map((node) =>
          launchNode(
            node,
            plans.filter((one) => one.node === node),
            mark,
          ),
        ),
      );
      const byName = new Map(launched.flat().map((one) => [one.name, one]));
      return plans.map(({ name }) => byName.get(name)!);
    },

    async end(_launched, _mark, graceMs) {
      const engine = await engineNow();
      const ids = await ours(engine);
      const ended = await Promise.all(ids.map((id) => endOne(engine, id, graceMs)));
      return { found: ended.filter(Boolean).length, left: [] };
    },

    async clear() {
      const engine = await engineNow();
      const ids = await ours(engine);
      const states = await Promise.all(ids.map((id) => inspectContainer(engine, id)));
      for (const id of ids) await removeContainer(engine, id);
      await handOver(attempt, engine, plan, "back");
      return { sawOomKill: states.some((state) => state?.sawOomKill === true) };
    },
  };
}

const gone: ProcessExit = {
  code: null,
  told: "its container is gone: somebody removed it, or the machine restarted",
};

function describeExit(state: ContainerState | undefined): ProcessExit {
  if (!state) return gone;
  return state.error === "" ? { code: state.exitCode } : { code: state.exitCode, told: state.error };
}

/** The container has ended meanwhile. */
function unlessRefused(error: unknown): void {
  if (error instanceof EngineUnreachable || !(error instanceof EngineRefused)) throw error;
}
