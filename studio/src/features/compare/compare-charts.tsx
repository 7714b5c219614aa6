// The curves of all compared runs, over each other or as means of those that belong together.
import { useMemo } from "react";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Select } from "../../ui/field.tsx";
import { formatCount } from "../../ui/format.ts";
import { ChartBar } from "../metrics/chart-bar.tsx";
import type { ChartRun } from "../metrics/chart-card.tsx";
import { viewOf } from "../metrics/chart-search.ts";
import { Charts } from "../metrics/charts.tsx";
import { colorOf } from "../metrics/colors.ts";
import { useCharts } from "../metrics/use-charts.ts";
import type { Grouping } from "../metrics/grouping.ts";
import { bands } from "../metrics/mean-line.ts";
import { isChart } from "../run/metric-kinds.ts";
import type { CompareProps } from "./compare-page.tsx";
import type { Compared } from "./compare-rows.ts";
import { groupChoices, groupRuns } from "./group-runs.ts";

export function CompareCharts({
  compared,
  search,
  onSearch,
}: CompareProps & { compared: readonly Compared[] }) {
  const runs = useMemo(() => compared.map(chartRunOf), [compared]);
  const { filter = "" } = search;
  const { names, charts } = useCharts(runs, search);
  const choices = useMemo(() => groupChoices(compared), [compared]);
  const group = choices.find(({ id }) => id === search.group)?.id;
  const { band = "deviation" } = search;
  const grouping = useMemo(
    () => (group === undefined ? undefined : { groups: lineGroups(compared, group), band }),
    [compared, group, band],
  );
  const { x, smooth, logx, logy, from, to } = search;
  const view = useMemo(() => viewOf(search), [x, smooth, logx, logy, from, to]);
  return (
    <>
      <ChartBar search={search} names={names} onChange={onSearch}>
        {choices.length > 0 && (
          <label className="chart-choice">
            Group by
            <Select
              value={group ?? ""}
              onChange={(event) => onSearch({ group: event.target.value || undefined })}
            >
              <option value="">Nothing: a line for each run</option>
              {choices.map(({ id, label }) => (
                <option key={id} value={id}>
                  {label}
                </option>
              ))}
            </Select>
          </label>
        )}
        {group !== undefined && (
          <label className="chart-choice">
            Band
            <Select
              value={band}
              onChange={(event) => onSearch({ band: bands.find((one) => one === event.target.value) })}
            >
              <option value="deviation">Standard deviation</option>
              <option value="range">Least to greatest</option>
            </Select>
          </label>
        )}
      </ChartBar>
      <Charts
        experiment={compared[0]!.run.experimentName}
        charts={charts}
        runs={runs}
        view={view}
        grouping={grouping}
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

const lineGroups = (compared: readonly Compared[], choice: string): Grouping["groups"] =>
  groupRuns(compared, choice).map(({ label, runs }, index) => ({
    id: label,
    label: `${label} (${formatCount(runs.length)})`,
    color: colorOf(index),
    runs: new Set(runs),
  }));

const chartRunOf = ({ run, job }: Compared, index: number): ChartRun => ({
  id: run.id,
  label: run.displayName,
  color: colorOf(index),
  begunAt: job?.startedAt ?? run.createdAt,
  series: new Map(run.metrics.filter(isChart).map((metric) => [metric.name, metric])),
});
