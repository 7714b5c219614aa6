// A grid of charts in groups, with what is alike for all of them: axis, smoothing, the part that is shown.
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo } from "react";
import type { ReactNode } from "react";
import { ChevronDownIcon, ChevronRightIcon } from "../../ui/icons.tsx";
import type { MenuAction } from "../../ui/menu.tsx";
import { ChartCard } from "./chart-card.tsx";
import type { ChartRun, ChartView } from "./chart-card.tsx";
import { followPlots } from "./fetch-plots.ts";
import { groupsOf, moved, toggled, useChartLayout } from "./layout.ts";
import type { ChartLayout } from "./layout.ts";

interface ChartsProps {
  /** The layout is kept for each. */
  experiment: string;
  names: readonly string[];
  runs: readonly ChartRun[];
  view: ChartView;
  onZoom: (window: ChartView["window"]) => void;
  empty: ReactNode;
}

export function Charts({ experiment, names, runs, view, onZoom, empty }: ChartsProps) {
  const [layout, change] = useChartLayout(experiment);
  useFollowing(runs);
  const zoom = useCallback(onZoom, [onZoom]);
  const groups = useMemo(() => groupsOf(names, layout.pinned), [names, layout.pinned]);
  if (groups.length === 0) return empty;
  return (
    <div className="chart-groups">
      {groups.map(({ id, title, names: own }) => {
        const isOpen = !layout.closedGroups.includes(id);
        return (
          <section key={id} aria-label={title}>
            <h2>
              <button
                type="button"
                className="chart-group-head"
                aria-expanded={isOpen}
                onClick={() => change({ closedGroups: toggled(layout.closedGroups, id) })}
              >
                {isOpen ? <ChevronDownIcon size={12} /> : <ChevronRightIcon size={12} />}
                {title} <span>{own.length}</span>
              </button>
            </h2>
            {isOpen && (
              <div className="chart-grid">
                {own.map((name) => (
                  <ChartCard
                    key={name}
                    name={name}
                    title={name.startsWith(`${title}/`) ? name.slice(title.length + 1) : name}
                    runs={runs}
                    view={view}
                    syncKey={`charts ${view.axis}`}
                    isWide={layout.wide.includes(name)}
                    onZoom={zoom}
                    actions={actionsOf(name, layout, change)}
                  />
                ))}
              </div>
            )}
          </section>
        );
      })}
    </div>
  );
}

function useFollowing(runs: readonly ChartRun[]): void {
  const queries = useQueryClient();
  const ids = runs.map(({ id }) => id).join("\n");
  useEffect(() => followPlots(queries, new Set(ids.split("\n"))), [queries, ids]);
}

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
