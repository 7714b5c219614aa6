// What a chart shows: its curves as they are fetched, or a number where there is but one.
import { useQueries } from "@tanstack/react-query";
import { useCallback, useMemo, useRef } from "react";
import { formatNumber } from "../../ui/format.ts";
import type { ChartCardProps, ChartView } from "./chart-card.tsx";
import { ChartLegend, legendHeight, rowsOfGroups, rowsOfSeries } from "./chart-legend.tsx";
import type { Axis } from "./curve.ts";
import { lineOf } from "./curve.ts";
import { mostInGrid, mostInWide, plotQuery } from "./fetch-plots.ts";
import type { Window } from "./fetch-plots.ts";
import { meansOf } from "./grouping.ts";
import { Plot } from "./plot.tsx";
import type { PlotView } from "./plot.tsx";
import { useSameList } from "./same-list.ts";
import { groupsOfSeries, seriesOf } from "./shown-series.ts";
import { SingleValues } from "./single-values.tsx";
import { isShare } from "./system-groups.ts";
import { formatTick } from "./ticks.ts";

interface ChartBodyProps extends Omit<ChartCardProps, "title" | "actions"> {
  members: readonly string[];
  height: number;
}

export function ChartBody({
  name,
  members,
  runs,
  view,
  syncKey,
  isWide,
  height,
  onZoom,
  grouping,
}: ChartBodyProps) {
  const { axis, smoothing, isLogX, isLogY, window } = view;
  const series = useMemo(() => seriesOf(runs, members), [runs, members]);
  const most = isWide ? mostInWide : mostInGrid;
  const whole = useQueries({ queries: series.map((one) => plotQuery(one.run, one.name, most)) });
  const finer = useQueries({
    queries: series.map((one) => ({
      ...plotQuery(one.run, one.name, most, windowOf(axis, window, one.begunAt)),
      enabled: window !== undefined,
    })),
  });
  const curves = useSameList(series.map((_, index) => (window && finer[index]?.data) || whole[index]?.data));
  const lines = useMemo(
    () =>
      series.flatMap(({ id, color, dash, begunAt }, index) => {
        const curve = curves[index];
        return curve ? [{ id, color, dash, line: lineOf(curve, axis, begunAt, isLogX) }] : [];
      }),
    [series, axis, isLogX, curves],
  );
  const groups = useMemo(
    () => grouping && groupsOfSeries(series, grouping, members),
    [series, grouping, members],
  );
  const band = grouping?.band ?? "deviation";
  const drawn = useMemo(() => (groups ? meansOf(lines, groups, band) : lines), [lines, groups, band]);
  // Of the curve where it is there: it has the newest point first.
  const lasts = series.map(({ summary }, index) => whole[index]?.data?.last ?? summary.last);
  const isSingle = series.every(({ summary }, index) => (whole[index]?.data?.count ?? summary.count) === 1);
  const rows = groups ? rowsOfGroups(series, lasts, groups, band) : rowsOfSeries(series, lasts);
  const plotView = useMemo(
    (): PlotView => ({
      isTime: axis === "time",
      isRelative: axis === "relative",
      isLogX: isLogX && axis !== "time",
      isLogY,
      isPercent: isShare(name) && !isLogY,
      smoothing,
      window,
    }),
    [name, axis, isLogX, isLogY, smoothing, window],
  );
  const hovered = useRef<HTMLTableElement>(null);
  const hover = useCallback(
    (x: number | undefined, values: readonly (number | null)[]) =>
      showHover(hovered.current, axis, x, values),
    [axis],
  );
  const failed = whole.find(({ error }) => error !== null)?.error;
  if (failed) return <p className="chart-problem">{failed.message}</p>;
  if (isSingle) return <SingleValues name={name} rows={rows} height={height + legendHeight(rows.length)} />;
  return (
    <>
      {drawn.length > 0 ? (
        <Plot
          lines={drawn}
          view={plotView}
          height={height}
          syncKey={syncKey}
          onHover={hover}
          onZoom={onZoom}
        />
      ) : (
        <div className="chart-unseen" style={{ height }} />
      )}
      <ChartLegend ref={hovered} name={name} rows={rows} hasLabels={series.length > 1} />
    </>
  );
}

/** What is asked of the server for the part of the axis that is shown. */
const windowOf = (axis: Axis, window: ChartView["window"], begunAt: number): Window | undefined =>
  window && {
    axis: axis === "step" ? "step" : "at",
    from: axis === "step" ? window.from : window.from * 1000 + (axis === "relative" ? begunAt : 0),
    to: axis === "step" ? window.to : window.to * 1000 + (axis === "relative" ? begunAt : 0),
  };

/** Written straight to the page: the pointer moves more often than React has to know. */
function showHover(
  table: HTMLTableElement | null,
  axis: Axis,
  x: number | undefined,
  values: readonly (number | null)[],
): void {
  for (const [index, cell] of [...(table?.querySelectorAll(".chart-hover") ?? [])].entries()) {
    const value = values[index];
    cell.textContent =
      x === undefined || value == null ? "" : `${formatNumber(value)} at ${formatPlace(x, axis)}`;
  }
}

function formatPlace(x: number, axis: Axis): string {
  if (axis === "step") return `step ${x.toLocaleString("en")}`;
  if (axis === "relative") return formatTick(x, true);
  return new Date(x * 1000).toLocaleTimeString("en", { hourCycle: "h23" });
}
