// The tabs of a run: those that have nothing to show are left out.
import type { Job } from "../../api/queries.ts";
import type { Run } from "../../api/run-queries.ts";
import { TabLink, TabLinks } from "../../ui/tabs.tsx";
import { isChart, isImage, isSystem, isTable } from "./metric-kinds.ts";

export function RunTabs({ run, job }: { run: Run; job: Job | null }) {
  const params = { run: run.id };
  const count = (wanted: (metric: Run["metrics"][number]) => boolean) => run.metrics.filter(wanted).length;
  const images = count(isImage);
  const tables = count(isTable);
  return (
    <TabLinks label="Parts of this run">
      <TabLink to="/runs/$run" params={params} activeOptions={{ exact: true, includeSearch: false }}>
        Overview
      </TabLink>
      <TabLink to="/runs/$run/metrics" params={params} count={count(isChart) || undefined}>
        Metrics
      </TabLink>
      {images > 0 && (
        <TabLink to="/runs/$run/images" params={params} count={images}>
          Images
        </TabLink>
      )}
      {tables > 0 && (
        <TabLink to="/runs/$run/tables" params={params} count={tables}>
          Tables
        </TabLink>
      )}
      <TabLink to="/runs/$run/logs" params={params}>
        Logs
      </TabLink>
      <TabLink to="/runs/$run/files" params={params}>
        Files
      </TabLink>
      {job !== null && (
        <TabLink to="/runs/$run/code" params={params}>
          Code
        </TabLink>
      )}
      {count(isSystem) > 0 && (
        <TabLink to="/runs/$run/monitoring" params={params}>
          Monitoring
        </TabLink>
      )}
      {job !== null && (
        <TabLink to="/runs/$run/children" params={params} count={job.trials?.total}>
          {job.kind === "sweep" ? "Trials" : "Children"}
        </TabLink>
      )}
      <TabLink to="/runs/$run/raw" params={params}>
        Raw
      </TabLink>
    </TabLinks>
  );
}
