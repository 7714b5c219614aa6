// A chart with its name, the values under the pointer, and what can be done with it. Its curves are fetched when it
// comes into sight.
import { useQueries } from "@tanstack/react-query";
import { useCallback, useMemo, useRef } from "react";
import type { MetricSummary } from "../../api/run-queries.ts";
import { formatNumber } from "../../ui/format.ts";
import { Menu } from "../../ui/menu.tsx";
import type { MenuAction } from "../../ui/menu.tsx";
import { ChartLegend, legendHeight, rowsOfGroups, rowsOfRuns } from "./chart-legend.tsx";
import type { Axis } from "./curve.ts";
import { lineOf } from "./curve.ts";
import { mostInGrid, mostInWide, plotQuery } from "./fetch-plots.ts";
import type { Window } from "./fetch-plots.ts";
import { meansOf } from "./grouping.ts";
import type { Grouping } from "./grouping.ts";
import { Plot } from "./plot.tsx";
import type { PlotView } from "./plot.tsx";
import { isShare } from "./system-groups.ts";
import { useSameList } from "./same-list.ts";
import { useSight } from "./use-sight.ts";
import { SingleValues } from "./single-values.tsx";
import { formatTick } from "./ticks.ts";
import "./charts.css";

/** A run whose curves are drawn. */
export interface ChartRun {
  id: string;
  label: string;
  color: string;
  begunAt: number;
  /** By name: what the run itself says of its series. */
  series: ReadonlyMap<string, MetricSummary>;
}

export interface ChartView {
  axis: Axis;
  smoothing: number;
  isLogX: boolean;
  isLogY: boolean;
  window: { from: number; to: number } | undefined;
}

export interface ChartCardProps {
  name: string;
  /** Without the group it stands in. */
  title?: string;
  runs: readonly ChartRun[];
  view: ChartView;
  syncKey: string;
  isWide?: boolean;
  onZoom: (window: ChartView["window"]) => void;
  actions?: readonly (MenuAction | "line")[];
  /** Runs that are drawn as the mean of all of them. */
  grouping?: Grouping | undefined;
}

export function ChartCard(props: ChartCardProps) {
  const { name, title = name, isWide = false, actions } = props;
  const card = useRef<HTMLElement>(null);
  const isSeen = useSight(card, "400px");
  return (
    <section
      ref={card}
      className={`chart-card${isWide ? " chart-card-wide" : ""}`}
      aria-label={name}
      data-chart={name}
    >
      <header className="chart-head">
        <h3 title={name}>{title}</h3>
        {actions && <Menu label={`What to do with ${name}`} small items={actions} />}
      </header>
      {isSeen ? (
        <ChartBody {...props} height={isWide ? 420 : 190} />
      ) : (
        <div
          className="chart-unseen"
          style={{ height: (isWide ? 420 : 190) + legendHeight(props.grouping?.groups ?? props.runs) }}
        />
      )}
    </section>
  );
}

function ChartBody({
  name,
  runs,
  view,
  syncKey,
  isWide,
  height,
  onZoom,
  grouping,
}: ChartCardProps & { height: number }) {
  const { axis, smoothing, isLogX, isLogY, window } = view;
  const having = useMemo(() => runs.filter(({ series }) => series.has(name)), [runs, name]);
  const most = isWide ? mostInWide : mostInGrid;
  const whole = useQueries({ queries: having.map(({ id }) => plotQuery(id, name, most)) });
  const finer = useQueries({
    queries: having.map(({ id, begunAt }) => ({
      ...plotQuery(id, name, most, windowOf(axis, window, begunAt)),
      enabled: window !== undefined,
    })),
  });
  const curves = useSameList(having.map((_, index) => (window && finer[index]?.data) || whole[index]?.data));
  const lines = useMemo(
    () =>
      having.flatMap(({ id, color, begunAt }, index) => {
        const curve = curves[index];
        return curve ? [{ id, color, line: lineOf(curve, axis, begunAt, isLogX) }] : [];
      }),
    [having, axis, isLogX, curves],
  );
  const drawn = useMemo(() => (grouping ? meansOf(lines, grouping) : lines), [lines, grouping]);
  const lasts = having.map(({ id, series }, index) => ({
    id,
    // Of the curve where it is there: it has the newest point first.
    last: whole[index]?.data?.last ?? series.get(name)!.last,
  }));
  const isSingle = having.every(
    ({ series }, index) => (whole[index]?.data?.count ?? series.get(name)!.count) === 1,
  );
  const rows = grouping ? rowsOfGroups(lasts, grouping) : rowsOfRuns(having, name, lasts);
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
  if (isSingle) return <SingleValues name={name} rows={rows} height={height + legendHeight(rows)} />;
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
      <ChartLegend ref={hovered} name={name} rows={rows} hasLabels={runs.length > 1} />
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
