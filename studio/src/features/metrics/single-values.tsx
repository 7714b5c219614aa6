// A metric that was logged once: a curve of one point says nothing, so it is a number, or a bar for each run.
import { formatNumber } from "../../ui/format.ts";
import type { LegendRow } from "./chart-legend.tsx";
import "./single-values.css";

interface SingleValuesProps {
  name: string;
  rows: readonly LegendRow[];
  height: number;
}

export function SingleValues({ name, rows, height }: SingleValuesProps) {
  const [only] = rows;
  if (only && rows.length === 1) {
    return (
      <p className="single-value" style={{ height }}>
        <Value of={only.last} />
      </p>
    );
  }
  const place = placesOf(rows.map(({ last }) => Number(last ?? Number.NaN)));
  return (
    <div
      className="single-bars"
      style={{ height }}
      role="region"
      aria-label={`Values of ${name}`}
      tabIndex={0}
    >
      <table>
        <caption className="visually-hidden">Values of {name}</caption>
        <thead className="visually-hidden">
          <tr>
            <th>Run</th>
            <th>Bar</th>
            <th>Value</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ id, label, color, range, last }) => (
            <tr key={id} title={range}>
              <th scope="row" title={label}>
                {label}
              </th>
              <td aria-hidden="true">
                <span
                  className="single-fill"
                  style={{ ...place(Number(last ?? Number.NaN)), background: color }}
                />
              </td>
              <td>
                <Value of={last} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const Value = ({ of }: { of: LegendRow["last"] }) => (
  <span className="chart-last" data-last={String(of)}>
    {of === null ? "–" : formatNumber(Number(of))}
  </span>
);

/** Bars begin at zero, wherever it lies between the least and the greatest value. */
function placesOf(values: readonly number[]): (value: number) => { left: string; width: string } {
  const finite = values.filter((value) => Number.isFinite(value));
  const least = Math.min(0, ...finite);
  const span = Math.max(0, ...finite) - least || 1;
  const share = (value: number) => ((value - least) / span) * 100;
  return (value) =>
    Number.isFinite(value)
      ? { left: `${share(Math.min(0, value))}%`, width: `${(Math.abs(value) / span) * 100}%` }
      : { left: "0%", width: "0%" };
}
