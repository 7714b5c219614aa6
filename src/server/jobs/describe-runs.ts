// Runs as the API shows them, put together from their rows.
import type { Run } from "../../api/runs.ts";
import { toWireOrNull } from "../../core/metric.ts";
import { noLabels, readLabels } from "../../store/labels.ts";
import { summarizeMetrics } from "../../store/metrics.ts";
import type { RunRecordRow } from "../../store/runs.ts";
import type { Db } from "../../store/store.ts";

export async function describeRuns(db: Db, rows: readonly RunRecordRow[]): Promise<Run[]> {
  const labels = await readLabels(
    db,
    rows.map(({ id }) => id),
  );
  const runs: Run[] = [];
  for (const row of rows) {
    const own = labels.get(row.id) ?? noLabels();
    const metrics = await summarizeMetrics(db, row.seq);
    runs.push({
      id: row.id,
      experimentName: row.experimentName,
      number: row.number,
      displayName: row.displayName,
      description: row.description,
      state: row.state,
      createdBy: row.createdBy,
      createdAt: row.createdAt,
      endedAt: row.endedAt,
      params: own.param,
      tags: own.tag,
      properties: own.property,
      metrics: metrics.map((metric) => ({
        ...metric,
        last: toWireOrNull(metric.last),
        min: toWireOrNull(metric.min),
        max: toWireOrNull(metric.max),
      })),
    });
  }
  return runs;
}
