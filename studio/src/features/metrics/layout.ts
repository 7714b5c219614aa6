// Which charts stand where: pinned ones first, then by group. Kept in the browser for each experiment.
import { useState } from "react";

export interface ChartLayout {
  /** In their order. */
  pinned: readonly string[];
  wide: readonly string[];
  closedGroups: readonly string[];
}

const nothing: ChartLayout = { pinned: [], wide: [], closedGroups: [] };
const placeOf = (experiment: string) => `trainyard-charts ${experiment}`;

export function readLayout(experiment: string): ChartLayout {
  try {
    return { ...nothing, ...(JSON.parse(localStorage.getItem(placeOf(experiment)) ?? "{}") as object) };
  } catch {
    return nothing;
  }
}

export function useChartLayout(experiment: string): [ChartLayout, (change: Partial<ChartLayout>) => void] {
  const [layout, setLayout] = useState(() => readLayout(experiment));
  return [
    layout,
    (change) => {
      const next = { ...layout, ...change };
      setLayout(next);
      try {
        localStorage.setItem(placeOf(experiment), JSON.stringify(next));
      } catch {
        // A browser that keeps nothing: the layout holds for this page.
      }
    },
  ];
}

export const toggled = (list: readonly string[], one: string): string[] =>
  list.includes(one) ? list.filter((other) => other !== one) : [...list, one];

/** One place earlier (-1) or later (1) in the list. */
export function moved(list: readonly string[], one: string, by: -1 | 1): string[] {
  const at = list.indexOf(one);
  const to = at + by;
  if (at === -1 || to < 0 || to >= list.length) return [...list];
  const next = [...list];
  next.splice(at, 1);
  next.splice(to, 0, one);
  return next;
}

export interface ChartGroup {
  /** Empty: the pinned ones, or those without a group. */
  id: string;
  title: string;
  names: string[];
}

const order = new Intl.Collator("en", { numeric: true });

const parentOf = (path: string): string => (path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "");

const depthOf = (path: string): number => path.split("/").length;

/**
 * The part before the last slash is the group: train/loss and train/accuracy stand together. A group of one is no
 * group: what stands alone joins those one slash further up.
 */
export function groupsOf(names: readonly string[], pinned: readonly string[]): ChartGroup[] {
  const groups = new Map<string, string[]>();
  const add = (group: string, name: string) => {
    const list = groups.get(group);
    if (list) list.push(name);
    else groups.set(group, [name]);
  };
  const pins = new Set(pinned);
  for (const name of names) if (!pins.has(name)) add(parentOf(name), name);
  for (let depth = Math.max(0, ...[...groups.keys()].map(depthOf)); depth > 0; depth--) {
    for (const [group, [only, ...rest]] of groups) {
      if (group === "" || depthOf(group) !== depth || only === undefined || rest.length > 0) continue;
      groups.delete(group);
      add(parentOf(group), only);
    }
  }
  const known = new Set(names);
  const shownPins = pinned.filter((name) => known.has(name));
  return [
    ...(shownPins.length > 0 ? [{ id: "pinned", title: "Pinned", names: shownPins }] : []),
    ...[...groups]
      .sort(([a], [b]) => order.compare(a, b))
      .map(([group, list]) => ({
        id: `group ${group}`,
        title: group === "" ? "Metrics" : group,
        names: list.sort(order.compare),
      })),
  ];
}

/** As much of the groups as may be shown: so many charts of those that are open, and the heads before them. */
export function firstCharts(
  groups: readonly ChartGroup[],
  isOpen: (group: ChartGroup) => boolean,
  most: number,
): { groups: { group: ChartGroup; shown: string[] }[]; hasMore: boolean } {
  const some: { group: ChartGroup; shown: string[] }[] = [];
  let left = most;
  for (const group of groups) {
    if (left === 0) return { groups: some, hasMore: true };
    const shown = isOpen(group) ? group.names.slice(0, left) : [];
    some.push({ group, shown });
    left -= shown.length;
    if (isOpen(group) && shown.length < group.names.length) return { groups: some, hasMore: true };
  }
  return { groups: some, hasMore: false };
}
