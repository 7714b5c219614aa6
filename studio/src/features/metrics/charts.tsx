// A grid of charts in groups, with what is alike for all of them: axis, smoothing, the part that is shown.
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { ReactNode } from "react";
import { ChevronDownIcon, ChevronRightIcon } from "../../ui/icons.tsx";
import { formatCount } from "../../ui/format.ts";
import type { MenuAction } from "../../ui/menu.tsx";
import { sayProblem } from "../../ui/toast.tsx";
import { ChartCard } from "./chart-card.tsx";
import type { ChartRun, ChartView } from "./chart-card.tsx";
import { followPlots } from "./fetch-plots.ts";
import { downloadPicture, downloadValues } from "./export-chart.ts";
import type { Grouping } from "./grouping.ts";
import type { JoinedName } from "./join-names.ts";
import { firstCharts, groupsOf, moved, toggled, useChartLayout } from "./layout.ts";
import type { ChartGroup, ChartLayout } from "./layout.ts";
import { useSight } from "./use-sight.ts";

interface ChartsProps {
  /** The layout is kept for each. */
  experiment: string;
  charts: readonly JoinedName[];
  runs: readonly ChartRun[];
  view: ChartView;
  onZoom: (window: ChartView["window"]) => void;
  empty: ReactNode;
  grouping?: Grouping | undefined;
}

export function Charts({ experiment, charts, runs, view, onZoom, empty, grouping }: ChartsProps) {
  const [layout, change] = useChartLayout(experiment);
  useFollowing(runs);
  const zoom = useCallback(onZoom, [onZoom]);
  const members = useMemo(() => new Map(charts.map((chart) => [chart.name, chart.members])), [charts]);
  const groups = useMemo(() => groupsOf([...members.keys()], layout.pinned), [members, layout.pinned]);
  const [most, setMost] = useState(chartsAtOnce);
  const showMore = useCallback(() => setMost((before) => before + chartsAtOnce), []);
  if (groups.length === 0) return empty;
  const isOpen = ({ id }: ChartGroup) => !layout.closedGroups.includes(id);
  const first = firstCharts(groups, isOpen, most);
  return (
    <div className="chart-groups">
      {first.groups.map(({ group, shown }) => {
        const { id, title, names: all } = group;
        return (
          <section key={id} aria-label={title}>
            <h2>
              <button
                type="button"
                className="chart-group-head"
                aria-expanded={isOpen(group)}
                onClick={() => change({ closedGroups: toggled(layout.closedGroups, id) })}
              >
                {isOpen(group) ? <ChevronDownIcon size={12} /> : <ChevronRightIcon size={12} />}
                {title} <span>{formatCount(all.length)}</span>
              </button>
            </h2>
            {isOpen(group) && (
              <div className="chart-grid">
                {shown.map((name) => (
                  <ChartCard
                    key={name}
                    name={name}
                    members={members.get(name)!}
                    title={name.startsWith(`${title}/`) ? name.slice(title.length + 1) : name}
                    runs={runs}
                    view={view}
                    syncKey={`charts ${view.axis}`}
                    isWide={layout.wide.includes(name)}
                    onZoom={zoom}
                    grouping={grouping}
                    actions={[
                      ...actionsOf(name, layout, change),
                      "line",
                      ...exportsOf(name, members.get(name)!, runs),
                    ]}
                  />
                ))}
              </div>
            )}
          </section>
        );
      })}
      {first.hasMore && <More key={most} onSight={showMore} />}
    </div>
  );
}

/** Thousands of charts are not made before somebody has scrolled to them. */
const chartsAtOnce = 60;

function More({ onSight }: { onSight: () => void }) {
  const end = useRef<HTMLDivElement>(null);
  const isSeen = useSight(end, "1200px");
  useEffect(() => {
    if (isSeen) onSight();
  }, [isSeen, onSight]);
  return <div ref={end} className="chart-more" />;
}

function useFollowing(runs: readonly ChartRun[]): void {
  const queries = useQueryClient();
  const ids = runs.map(({ id }) => id).join("\n");
  useEffect(() => followPlots(queries, new Set(ids.split("\n"))), [queries, ids]);
}

const exportsOf = (name: string, members: readonly string[], runs: readonly ChartRun[]): MenuAction[] => [
  {
    id: "picture",
    label: "Download as PNG",
    onSelect: () => {
      const card = document.querySelector<HTMLElement>(`[data-chart="${CSS.escape(name)}"]`);
      if (card) downloadPicture(name, card).catch(sayProblem);
    },
  },
  {
    id: "values",
    label: "Download all points as CSV",
    onSelect: () => void downloadValues(name, members, runs).catch(sayProblem),
  },
];

function actionsOf(
  name: string,
  { pinned, wide }: ChartLayout,
  change: (change: Partial<ChartLayout>) => void,
): MenuAction[] {
  const isPinned = pinned.includes(name);
  return [
    {
      id: "wide",
      label: wide.includes(name) ? "Small again" : "Large",
      onSelect: () => change({ wide: toggled(wide, name) }),
    },
    {
      id: "pin",
      label: isPinned ? "Unpin" : "Pin to the top",
      onSelect: () => change({ pinned: toggled(pinned, name) }),
    },
    ...(isPinned && pinned.length > 1
      ? [
          {
            id: "earlier",
            label: "Move earlier",
            disabled: pinned[0] === name,
            onSelect: () => change({ pinned: moved(pinned, name, -1) }),
          },
          {
            id: "later",
            label: "Move later",
            disabled: pinned.at(-1) === name,
            onSelect: () => change({ pinned: moved(pinned, name, 1) }),
          },
        ]
      : []),
  ];
}
