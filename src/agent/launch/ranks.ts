// What a distribution makes of nodes, counts and rank: which processes there are, and what each is told. Pure.
import type { Distribution } from "../../core/job-spec.ts";
import { planMpi } from "./mpi.ts";
import { planPyTorch } from "./pytorch.ts";
import { planTensorFlow } from "./tensorflow.ts";

/** A node as the processes on the others see it. */
export interface LaunchNode {
  name: string;
  /** Reachable from every node of the job. */
  address: string;
  /** The graphics cards that are its own, by the machine's numbers; undefined when it may use all. */
  gpus?: readonly number[] | undefined;
}

export interface LaunchFacts {
  /** In order of rank; the first is the head. */
  nodes: readonly LaunchNode[];
  /** As many as portsWanted asked for. */
  ports: readonly number[];
  /** On each node. */
  gpuCount: number;
}

export interface Rank {
  /** `main`, or `rank_0`, `worker_0`, `ps_0`. */
  name: string;
  /** Index of its node. */
  node: number;
  variables: Record<string, string>;
  /** It serves the others and never ends by itself: it is ended when they have. */
  isService?: true;
}

export interface RankPlan {
  ranks: Rank[];
  /** Set when one program on the head node starts all ranks, a number of them on each node. */
  mpirun?: { processesPerNode: number };
}

export function planRanks(distribution: Distribution | undefined, facts: LaunchFacts): RankPlan {
  switch (distribution?.type) {
    case "pytorch":
      return { ranks: planPyTorch(distribution, facts) };
    case "tensorflow":
      return { ranks: planTensorFlow(distribution, facts) };
    case "mpi":
      return planMpi(distribution, facts);
    case undefined:
      return { ranks: planPlain(facts) };
  }
}

/** The first port to try, and how many are needed: nobody else on the machine may listen there. */
export function portsWanted(
  distribution: Distribution | undefined,
  nodeCount: number,
): { first: number; count: number } {
  if (distribution?.type === "tensorflow")
    return { first: 2222, count: nodeCount + distribution.parameterServerCount };
  return { first: masterPort, count: nodeCount > 1 || distribution ? 1 : 0 };
}

const masterPort = 6105;

/** Without a distribution the command runs once on each node. */
function planPlain({ nodes, ports }: LaunchFacts): Rank[] {
  if (nodes.length === 1) return [{ name: "main", node: 0, variables: {} }];
  return nodes.map((_, index) => ({
    name: `rank_${index}`,
    node: index,
    variables: {
      NODE_RANK: String(index),
      MASTER_ADDR: nodes[0]!.address,
      MASTER_PORT: String(ports[0]),
    },
  }));
}

/** What every process learns of its node, whatever the framework. */
export function nodeVariables(facts: LaunchFacts, index: number): Record<string, string> {
  const { nodes, ports } = facts;
  const node = nodes[index]!;
  const head = nodes[0]!;
  const gpuCount = String(node.gpus?.length ?? facts.gpuCount);
  return {
    AZUREML_NODE_COUNT: String(nodes.length),
    AZUREML_CR_NODE_RANK: String(index),
    AZ_BATCH_NODE_ID: node.name,
    AZ_BATCH_HOST_LIST: nodes.map(({ address }) => address).join(","),
    // One node has none, and scripts then look for the older variable.
    ...(nodes.length > 1 && { AZ_BATCH_MASTER_NODE: `${head.address}:${ports[0]}` }),
    AZ_BATCH_IS_CURRENT_NODE_MASTER: String(index === 0),
    AZ_BATCHAI_JOB_MASTER_NODE_IP: head.address,
    AZ_BATCHAI_TASK_INDEX: String(index),
    AZ_BATCHAI_GPU_COUNT: gpuCount,
    AZ_BATCHAI_NUM_GPUS_PER_NODE: gpuCount,
    ...(node.gpus && { CUDA_VISIBLE_DEVICES: node.gpus.join(",") }),
  };
}
