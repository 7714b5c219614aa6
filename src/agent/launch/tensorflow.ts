// TensorFlow: one worker a node, parameter servers beside them if asked for, and TF_CONFIG to tell each who is who.
import type { Distribution } from "../../core/job-spec.ts";
import type { LaunchFacts, Rank } from "./ranks.ts";

type TensorFlow = Extract<Distribution, { type: "tensorflow" }>;

export function planTensorFlow({ parameterServerCount }: TensorFlow, { nodes, ports }: LaunchFacts): Rank[] {
  const workers = nodes.map(({ address }, index) => `${address}:${ports[index]}`);
  const servers = nodes
    .slice(0, parameterServerCount)
    .map(({ address }, index) => `${address}:${ports[nodes.length + index]}`);
  const cluster = { worker: workers, ...(servers.length > 0 && { ps: servers }) };
  const rankOf = (type: "worker" | "ps", index: number): Rank => ({
    name: `${type}_${index}`,
    node: index,
    variables: {
      TF_CONFIG: JSON.stringify({ cluster, task: { type, index }, environment: "cloud" }),
      AZ_BATCHAI_TASK_INDEX: String(index),
      AZ_BATCHAI_TASK_TYPE: type,
      AZ_BATCHAI_WORKER_HOSTS: workers.join(","),
      AZ_BATCHAI_PS_HOSTS: servers.join(","),
    },
    ...(type === "ps" && { isService: true }),
  });
  return [
    ...workers.map((_, index) => rankOf("worker", index)),
    ...servers.map((_, index) => rankOf("ps", index)),
  ];
}
