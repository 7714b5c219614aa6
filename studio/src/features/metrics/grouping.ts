// Runs that are drawn together, as their mean with a band around it.
import { meanLine } from "./mean-line.ts";
import type { Band } from "./mean-line.ts";
import type { PlotLine } from "./plot.tsx";

export interface Grouping {
  groups: readonly { id: string; label: string; color: string; runs: ReadonlySet<string> }[];
  band: Band;
}

/** Lines that become one. */
export interface LineGroup {
  id: string;
  label: string;
  color: string;
  dash: readonly number[] | undefined;
  series: ReadonlySet<string>;
}

/** A line for each group of which at least one is there. */
export const meansOf = (lines: readonly PlotLine[], groups: readonly LineGroup[], band: Band): PlotLine[] =>
  groups.flatMap(({ id, color, dash, series }) => {
    const own = lines.filter((line) => series.has(line.id)).map(({ line }) => line);
    return own.length === 0 ? [] : [{ id, color, dash, line: meanLine(own, band) }];
  });
