// A compute as the CLI prints it.
import type { ComputeBody } from "../../api/computes.ts";
import { isoTime, shortTime, sorted } from "./job.ts";
import type { Links } from "./studio-links.ts";
import { renderTable } from "./table.ts";
import type { TableColumns } from "./table.ts";

export function computeDocument(compute: ComputeBody, links: Links): Record<string, unknown> {
  const { nodes, waiting } = compute;
  return sorted({
    name: compute.name,
    id: `${links.workspaceId}/computes/${compute.name}`,
    type: compute.type,
    size: compute.size === "" ? undefined : compute.size,
    size_means: compute.sizeMeans === "" ? undefined : compute.sizeMeans,
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

const nodeColumns: TableColumns = [
  { title: "Node", of: (node) => node["name"] },
  { title: "State", of: (node) => node["state"] },
  { title: "Job", of: (node) => node["job"] },
  { title: "Since", of: (node) => shortTime(node["since"]) },
];

const waitingColumns: TableColumns = [
  { title: "Place", of: (waiting) => waiting["position"] },
  { title: "Job", of: (waiting) => waiting["job"] },
  { title: "Why it waits", of: (waiting) => waiting["reason"] },
];

/** Of one compute a table says all that its JSON does: its nodes, and who waits for them. */
export function computeTables(document: Record<string, unknown>): string {
  const { nodes, waiting } = document;
  const parts = [renderTable(document, computeColumns)];
  if (countOf(nodes) > 0) parts.push(renderTable(nodes, nodeColumns));
  if (countOf(waiting) > 0) parts.push(renderTable(waiting, waitingColumns));
  return parts.join("\n");
}

const countOf = (list: unknown): number => (Array.isArray(list) ? list.length : 0);
