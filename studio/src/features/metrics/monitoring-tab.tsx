// The series sampled of the machines, grouped by what they measure, over the time since the start.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import type { Job } from "../../api/queries.ts";
import type { Run } from "../../api/run-queries.ts";
import { Button } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { ComputeIcon } from "../../ui/icons.tsx";
import { isSystem } from "../run/metric-kinds.ts";
import { ChartCard } from "./chart-card.tsx";
import type { ChartRun, ChartView } from "./chart-card.tsx";
import { colorOf } from "./colors.ts";
import { followPlots } from "./fetch-plots.ts";
import { systemGroups, titleOf } from "./system-groups.ts";

export function MonitoringTab({ run, job }: { run: Run; job: Job | null }) {
  const queries = useQueryClient();
  const [window, setWindow] = useState<ChartView["window"]>();
  useEffect(() => followPlots(queries, new Set([run.id])), [queries, run.id]);
  const begunAt = job?.startedAt ?? run.createdAt;
  const runs = useMemo(
    (): ChartRun[] => [
      {
        id: run.id,
        label: run.displayName,
        color: colorOf(2),
        begunAt,
        series: new Map(run.metrics.filter(isSystem).map((metric) => [metric.name, metric])),
      },
    ],
    [run, begunAt],
  );
  const view = useMemo(
    (): ChartView => ({ axis: "relative", smoothing: 0, isLogX: false, isLogY: false, window }),
    [window],
  );
  const groups = systemGroups([...runs[0]!.series.keys()]);
  if (groups.length === 0) {
    return (
      <EmptyState icon={<ComputeIcon size={28} />} title="Nothing was sampled of the machine">
        {job ? (
          <p>
            While a job runs its agent looks at the machine every few seconds: this one has not run for so
            long.
          </p>
        ) : (
          <p>MLflow samples it when the code calls mlflow.enable_system_metrics_logging().</p>
        )}
      </EmptyState>
    );
  }
  return (
    <div className="chart-groups">
      {window && (
        <Button small onClick={() => setWindow(undefined)}>
          Show all of the time
        </Button>
      )}
      {groups.map(({ title, names }) => (
        <section key={title} aria-label={title}>
          <h2 className="chart-group-head">{title}</h2>
          <div className="chart-grid">
            {names.map((name) => (
              <ChartCard
                key={name}
                name={name}
                title={titleOf(name)}
                runs={runs}
                view={view}
                syncKey={`monitoring ${run.id}`}
                onZoom={setWindow}
              />
            ))}
          </div>
        </section>
      ))}
    </div>
  );
}
