// A confusion matrix as a heat map: by counts, or by the share of each true class.
import { useState } from "react";
import { Segmented } from "../../ui/field.tsx";
import { formatCount } from "../../ui/format.ts";
import type { ConfusionMatrix } from "./charts-of-values.ts";

type Scale = "count" | "share";

export function Confusion({ name, chart: { labels, matrix } }: { name: string; chart: ConfusionMatrix }) {
  const [scale, setScale] = useState<Scale>("count");
  const sums = matrix.map((row) => row.reduce((sum, count) => sum + count, 0));
  const most = Math.max(1, ...matrix.flat());
  const total = sums.reduce((sum, one) => sum + one, 0);
  const right = matrix.reduce((sum, row, index) => sum + row[index]!, 0);
  return (
    <>
      <div className="value-bar">
        <Segmented
          label="What the cells show"
          value={scale}
          onChange={setScale}
          options={[
            { value: "count", label: "Counts" },
            { value: "share", label: "Share of the true class" },
          ]}
        />
        <span className="split-note">
          {total === 0 ? "" : `${((100 * right) / total).toFixed(1)} % right of ${formatCount(total)}`}
        </span>
      </div>
      <div className="table-box" role="region" aria-label={name} tabIndex={0}>
        <table className="confusion">
          <caption className="visually-hidden">
            {name}: rows are the true classes, columns the predicted ones
          </caption>
          <thead>
            <tr>
              <td className="confusion-corner">true ↓ predicted →</td>
              {labels.map((label) => (
                <th key={label} scope="col">
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {matrix.map((row, index) => (
              <tr key={labels[index]}>
                <th scope="row">{labels[index]}</th>
                {row.map((count, column) => {
                  const share = sums[index] === 0 ? 0 : count / sums[index]!;
                  const heat = scale === "count" ? count / most : share;
                  return (
                    <td
                      key={column}
                      className={heat > 0.55 ? "confusion-hot" : ""}
                      style={{
                        background: `color-mix(in srgb, var(--accent) ${Math.round(heat * 100)}%, transparent)`,
                      }}
                      title={`${labels[index]} taken for ${labels[column]}: ${count}`}
                    >
                      {scale === "count" ? formatCount(count) : `${(100 * share).toFixed(0)} %`}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
