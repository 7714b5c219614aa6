// A job may run as another user of its image: the attempt's files are handed over to that one, and back at the end.
import { chmod } from "node:fs/promises";
import type { Attempt } from "../attempt/attempt.ts";
import { nodeFolders } from "../attempt/attempt-folder.ts";
import type { ContainerPlan } from "../attempt/container-plan.ts";
import type { ContainerEngine } from "../containers/engine.ts";
import { runToEnd } from "../containers/run-container.ts";

/** By a container, because only root may give files away. Does nothing when the user is the agent's own. */
export async function handOver(
  { folder, order, clock, signal }: Attempt,
  engine: ContainerEngine,
  plan: ContainerPlan,
  direction: "there" | "back" = "there",
): Promise<void> {
  const { ownUser } = plan;
  if (ownUser === undefined) return;
  // To be passed through, not to be read.
  await chmod(folder.root, 0o711);
  const nodes = nodeFolders(folder, order.node.count).flatMap(({ work, run, namedOutputs }) => [
    work,
    run,
    namedOutputs,
  ]);
  const folders = [...nodes, folder.inputs, folder.home, folder.logs, folder.processes];
  await runToEnd(engine, {
    name: `trainyard-${order.attempt}-${direction}`,
    body: {
      Image: plan.image,
      Entrypoint: [
        "/bin/sh",
        "-c",
        'user=$1; shift; for path; do [ ! -e "$path" ] || chown -R "$user" "$path"; done',
        "trainyard",
      ],
      Cmd: [direction === "there" ? plan.user : ownUser, ...folders],
      User: "0:0",
      Labels: plan.labels,
      HostConfig: { NetworkMode: "none", Mounts: plan.hostConfig["Mounts"] },
    },
    take: () => {},
    clock,
    signal,
  });
}
