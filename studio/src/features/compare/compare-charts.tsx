// The curves of all compared runs, over each other.
import { useMemo } from "react";
import { EmptyState } from "../../ui/empty-state.tsx";
import { ChartBar } from "../metrics/chart-bar.tsx";
import type { ChartRun } from "../metrics/chart-card.tsx";
import { viewOf } from "../metrics/chart-search.ts";
import { Charts } from "../metrics/charts.tsx";
import { colorOf } from "../metrics/colors.ts";
import { isChart } from "../run/metric-kinds.ts";
import type { CompareProps } from "./compare-page.tsx";
import type { Compared } from "./compare-rows.ts";

export function CompareCharts({
  compared,
  search,
  onSearch,
}: CompareProps & { compared: readonly Compared[] }) {
  const runs = useMemo(() => compared.map(chartRunOf), [compared]);
  const { filter = "" } = search;
  const all = new Set(runs.flatMap(({ series }) => [...series.keys()]));
  const key = JSON.stringify([...all].filter((name) => name.toLowerCase().includes(filter.toLowerCase())));
  const names = useMemo(() => JSON.parse(key) as string[], [key]);
  const { x, smooth, logx, logy, from, to } = search;
  const view = useMemo(() => viewOf(search), [x, smooth, logx, logy, from, to]);
  return (
    <>
      <ChartBar search={search} onChange={onSearch} />
      <Charts
        experiment={compared[0]!.run.experimentName}
        names={names}
        runs={runs}
        view={view}
        onZoom={(window) => onSearch({ from: window?.from, to: window?.to })}
        empty={
          <EmptyState
            title={filter === "" ? "None of these runs has logged numbers" : "No metric has that in its name"}
          />
        }
      />
    </>
  );
}

const chartRunOf = ({ run, job }: Compared, index: number): ChartRun => ({
  id: run.id,
  label: run.displayName,
  color: colorOf(index),
  begunAt: job?.startedAt ?? run.createdAt,
  series: new Map(run.metrics.filter(isChart).map((metric) => [metric.name, metric])),
});
