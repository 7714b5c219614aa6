// What stands below a chart: whose lines they are, the value under the pointer, and the last one.
import type { Ref } from "react";
import type { MetricSummary } from "../../api/run-queries.ts";
import { formatNumber } from "../../ui/format.ts";
import type { LineGroup } from "./grouping.ts";
import { spreadOf } from "./mean-line.ts";
import type { Band } from "./mean-line.ts";
import type { ShownSeries } from "./shown-series.ts";

export interface LegendRow {
  id: string;
  label: string;
  color: string;
  isDashed: boolean;
  /** Shown while the pointer is elsewhere. */
  range: string;
  last: MetricSummary["last"];
}

const rowHeight = 20;
/** More rows are scrolled to. */
const mostRows = 10;

export const legendHeight = (rows: number): number => Math.min(rows, mostRows) * rowHeight + 6;

interface ChartLegendProps {
  ref: Ref<HTMLTableElement>;
  name: string;
  rows: readonly LegendRow[];
  hasLabels: boolean;
}

export function ChartLegend({ ref, name, rows, hasLabels }: ChartLegendProps) {
  const table = (
    <table className="chart-legend" ref={ref}>
      <caption className="visually-hidden">Values of {name}</caption>
      <thead className="visually-hidden">
        <tr>
          <th>Run</th>
          <th>At the pointer</th>
          <th>Range</th>
          <th>Last</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ id, label, color, isDashed, range, last }) => (
          <tr key={id}>
            <th scope="row">
              <span
                className={`chart-swatch${isDashed ? " chart-swatch-dashed" : ""}`}
                style={{ background: color }}
              />
              <span className={hasLabels ? "chart-run" : "visually-hidden"} title={label}>
                {label}
              </span>
            </th>
            <td className="chart-hover" />
            <td className="chart-range">{range}</td>
            <td className="chart-last" data-last={String(last)}>
              {last === null ? "–" : formatNumber(Number(last))}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
  if (rows.length <= mostRows) return table;
  return (
    <div
      className="chart-legend-scroll"
      style={{ height: legendHeight(rows.length) }}
      role="region"
      aria-label={`Legend of ${name}`}
      tabIndex={0}
    >
      {table}
    </div>
  );
}

export const rowsOfSeries = (
  series: readonly ShownSeries[],
  lasts: readonly LegendRow["last"][],
): LegendRow[] =>
  series.map(({ id, label, color, dash, summary: { min, max, count } }, index) => {
    const range = min === null || max === null || count === 1 ? "" : describeRange(Number(min), Number(max));
    return { id, label, color, isDashed: dash !== undefined, range, last: lasts[index]! };
  });

/** The mean of the last values, and how far they spread. */
export const rowsOfGroups = (
  series: readonly ShownSeries[],
  lasts: readonly LegendRow["last"][],
  groups: readonly LineGroup[],
  band: Band,
): LegendRow[] =>
  groups.flatMap(({ id, label, color, dash, series: members }): LegendRow[] => {
    if (members.size === 0) return [];
    const own = lasts.filter((_, index) => members.has(series[index]!.id));
    const numbers = own.map((last) => Number(last ?? Number.NaN)).filter((one) => Number.isFinite(one));
    const spread = spreadOf(numbers, band);
    const row = { id, label, color, isDashed: dash !== undefined };
    if (!spread) return [{ ...row, range: "", last: null }];
    const { mean, min, max } = spread;
    const range = band === "range" ? describeRange(min, max) : `± ${formatNumber(max - mean)}`;
    return [{ ...row, range, last: mean }];
  });

const describeRange = (min: number, max: number): string => `${formatNumber(min)} to ${formatNumber(max)}`;
