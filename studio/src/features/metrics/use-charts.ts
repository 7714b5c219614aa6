// Which charts runs have: one for each metric, or for those that belong together.
import { useMemo } from "react";
import type { ChartRun } from "./chart-card.tsx";
import type { ChartSearch } from "./chart-search.ts";
import { joinNames } from "./join-names.ts";
import type { JoinedName } from "./join-names.ts";

interface ShownCharts {
  /** Of all metrics. */
  names: readonly string[];
  /** Of those whose name has what is looked for. */
  charts: readonly JoinedName[];
}

/** The same lists while the names are the same: a new point alone draws no page anew. */
export function useCharts(runs: readonly ChartRun[], { filter = "", join }: ChartSearch): ShownCharts {
  const key = JSON.stringify([...new Set(runs.flatMap(({ series }) => [...series.keys()]))]);
  const names = useMemo(() => JSON.parse(key) as string[], [key]);
  const charts = useMemo(() => {
    const wanted = filter.toLowerCase();
    const fitting = names.filter((name) => name.toLowerCase().includes(wanted));
    return join ? joinNames(fitting) : fitting.map((name) => ({ name, members: [name] }));
  }, [names, filter, join]);
  return { names, charts };
}
