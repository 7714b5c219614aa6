// A chart with its name, the values under the pointer, and what can be done with it. Its curves are fetched when it
// comes into sight.
import { useMemo, useRef } from "react";
import type { MetricSummary } from "../../api/run-queries.ts";
import { Menu } from "../../ui/menu.tsx";
import type { MenuAction } from "../../ui/menu.tsx";
import { ChartBody } from "./chart-body.tsx";
import { legendHeight } from "./chart-legend.tsx";
import type { Axis } from "./curve.ts";
import type { Grouping } from "./grouping.ts";
import { useSight } from "./use-sight.ts";
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
  /** Several metrics that share the chart. Default: the one that it is called after. */
  members?: readonly string[];
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
  const members = useMemo(() => props.members ?? [name], [props.members, name]);
  const height = isWide ? 420 : 190;
  const lineCount = (props.grouping?.groups ?? props.runs).length * members.length;
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
        <ChartBody {...props} members={members} height={height} />
      ) : (
        <div className="chart-unseen" style={{ height: height + legendHeight(lineCount) }} />
      )}
    </section>
  );
}
