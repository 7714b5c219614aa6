// PyTorch: the whole command once a process; torch.distributed finds everything it needs in the variables.
import type { Distribution } from "../../core/job-spec.ts";
import type { LaunchFacts, Rank } from "./ranks.ts";

type PyTorch = Extract<Distribution, { type: "pytorch" }>;

/**
 * Without a process count the command runs once a node and may start the others itself (torchrun, Lightning); those
 * take LOCAL_RANK as a sign that somebody else has, so it is left out.
 */
export function planPyTorch({ processCount }: PyTorch, { nodes, ports }: LaunchFacts): Rank[] {
  const worldSize = processCount ?? nodes.length;
  const perNode = worldSize / nodes.length;
  const head = nodes[0]!.address;
  return Array.from({ length: worldSize }, (_, rank) => {
    const node = Math.floor(rank / perNode);
    return {
      name: `rank_${rank}`,
      node,
      variables: {
        RANK: String(rank),
        ...(processCount !== undefined && { LOCAL_RANK: String(rank % perNode) }),
        WORLD_SIZE: String(worldSize),
        NODE_RANK: String(node),
        MASTER_ADDR: head,
        MASTER_PORT: String(ports[0]),
        AZ_BATCHAI_TASK_INDEX: String(rank),
        AZ_BATCHAI_PYTORCH_INIT_METHOD: `tcp://${head}:${ports[0]}`,
      },
    };
  });
}
