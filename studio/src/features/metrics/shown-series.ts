// Which lines a chart has: one of each run, or of each run and each of several metrics that share the chart.
import type { MetricSummary } from "../../api/run-queries.ts";
import type { ChartRun } from "./chart-card.tsx";
import { colorOf } from "./colors.ts";
import type { Grouping, LineGroup } from "./grouping.ts";
import { phaseOf } from "./join-names.ts";

export interface ShownSeries {
  id: string;
  run: string;
  /** Of the metric. */
  name: string;
  label: string;
  color: string;
  dash: readonly number[] | undefined;
  begunAt: number;
  summary: MetricSummary;
}

/** The first metric of a chart is drawn solid, the others so. */
const dashes = [undefined, [5, 3], [2, 3], [8, 3, 2, 3]] as const;
const dashOf = (at: number) => dashes[at % dashes.length];

/** With one run each metric has a color of its own, with several each run has. */
export function seriesOf(runs: readonly ChartRun[], members: readonly string[]): ShownSeries[] {
  const isJoined = members.length > 1;
  return runs.flatMap(({ id, label, color, begunAt, series }) =>
    members.flatMap((name, at): ShownSeries[] => {
      const summary = series.get(name);
      if (!summary) return [];
      const own = { run: id, name, begunAt, summary };
      if (!isJoined) return [{ ...own, id, label, color, dash: undefined }];
      const key = `${id}\n${name}`;
      return runs.length === 1
        ? [{ ...own, id: key, label: phaseOf(name), color: colorOf(at), dash: undefined }]
        : [{ ...own, id: key, label: `${label}, ${phaseOf(name)}`, color, dash: dashOf(at) }];
    }),
  );
}

/** Groups of runs as groups of these lines: of each group one a metric. */
export function groupsOfSeries(
  series: readonly ShownSeries[],
  { groups }: Grouping,
  members: readonly string[],
): LineGroup[] {
  return groups.flatMap(({ id, label, color, runs }) =>
    members.map((name, at) => ({
      id: `${id}\n${name}`,
      label: members.length > 1 ? `${label}, ${phaseOf(name)}` : label,
      color,
      dash: dashOf(at),
      series: new Set(series.filter((one) => runs.has(one.run) && one.name === name).map((one) => one.id)),
    })),
  );
}
