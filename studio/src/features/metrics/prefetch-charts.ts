// Asks for the curves that a metrics page begins with, in the order in which it shows them.
import type { QueryClient } from "@tanstack/react-query";
import type { Run } from "../../api/run-queries.ts";
import { isChart } from "../run/metric-kinds.ts";
import { mostInGrid, plotQuery } from "./fetch-plots.ts";
import { groupsOf, readLayout } from "./layout.ts";

/** About as many as fit on a large screen. */
const mostCharts = 24;

export function prefetchCharts(queries: QueryClient, run: Run): void {
  const { pinned, wide, closedGroups } = readLayout(run.experimentName);
  const names = run.metrics.filter(isChart).map(({ name }) => name);
  const shown = groupsOf(names, pinned)
    .filter(({ id }) => !closedGroups.includes(id))
    .flatMap((group) => group.names)
    .filter((name) => !wide.includes(name));
  for (const name of shown.slice(0, mostCharts))
    void queries.prefetchQuery(plotQuery(run.id, name, mostInGrid));
}
