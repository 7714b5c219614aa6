// A compute as the CLI prints it.
import type { ComputeBody } from "../../api/computes.ts";
import { isoTime, sorted } from "./job.ts";
import type { Links } from "./studio-links.ts";
import type { TableColumns } from "./table.ts";

export function computeDocument(compute: ComputeBody, links: Links): Record<string, unknown> {
  const { nodes, waiting } = compute;
  return sorted({
    name: compute.name,
    id: `${links.workspaceId}/computes/${compute.name}`,
    type: compute.type,
    size: compute.size === "" ? undefined : compute.size,
    tier: compute.tier,
    min_instances: compute.minInstances,
    max_instances: compute.maxInstances,
    idle_time_before_scale_down: compute.idleSecondsBeforeScaleDown,
    description: compute.description === "" ? undefined : compute.description,
    tags: compute.tags,
    created_on: isoTime(compute.createdAt),
    location: "local",
    provisioning_state: "Succeeded",
    resourceGroup: links.resourceGroup,
    nodes: nodes.map((node) => ({
      name: node.name,
      state: node.state,
      job: node.run ?? undefined,
      since: isoTime(node.since),
    })),
    waiting: waiting.map(({ run, position, reason }) => ({ job: run, position, reason })),
  });
}

export const computeColumns: TableColumns = [
  { title: "Name", of: (compute) => compute["name"] },
  { title: "Type", of: (compute) => compute["type"] },
  { title: "Nodes", of: (compute) => `${countOf(compute["nodes"])} of ${String(compute["max_instances"])}` },
  { title: "Waiting", of: (compute) => countOf(compute["waiting"]) },
  { title: "Size", of: (compute) => compute["size"] },
];

const countOf = (list: unknown): number => (Array.isArray(list) ? list.length : 0);
