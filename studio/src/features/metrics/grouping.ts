// Runs that are drawn together, as their mean with a band around it.
import { meanLine } from "./mean-line.ts";
import type { Band } from "./mean-line.ts";
import type { PlotLine } from "./plot.tsx";

export interface LineGroup {
  id: string;
  label: string;
  color: string;
  runs: ReadonlySet<string>;
}

export interface Grouping {
  groups: readonly LineGroup[];
  band: Band;
}

/** A line for each group of which at least one run has one. */
export const meansOf = (lines: readonly PlotLine[], { groups, band }: Grouping): PlotLine[] =>
  groups.flatMap(({ id, color, runs }) => {
    const own = lines.filter((line) => runs.has(line.id)).map(({ line }) => line);
    return own.length === 0 ? [] : [{ id, color, line: meanLine(own, band) }];
  });
