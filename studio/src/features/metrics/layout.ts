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

/** The part before the last slash is the group: train/loss and train/accuracy stand together. */
export function groupsOf(names: readonly string[], pinned: readonly string[]): ChartGroup[] {
  const groups = new Map<string, string[]>();
  for (const name of names) {
    if (pinned.includes(name)) continue;
    const group = name.includes("/") ? name.slice(0, name.lastIndexOf("/")) : "";
    groups.set(group, [...(groups.get(group) ?? []), name]);
  }
  // A group of one is no group.
  for (const [group, [only, ...rest]] of groups) {
    if (group === "" || rest.length > 0 || only === undefined) continue;
    groups.delete(group);
    groups.set("", [...(groups.get("") ?? []), only]);
  }
  const shownPins = pinned.filter((name) => names.includes(name));
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
