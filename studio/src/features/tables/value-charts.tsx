// Small charts of what was logged whole: curves of a classifier, predictions against truth, residuals.
import { formatNumber } from "../../ui/format.ts";
import { colorOf } from "../metrics/colors.ts";
import type { Bins, ClassCurves, CurvePoint, Predictions } from "./charts-of-values.ts";

const size = { width: 340, height: 260, left: 44, right: 12, top: 10, bottom: 34 };
const room = { x: size.width - size.left - size.right, y: size.height - size.top - size.bottom };

interface Scale {
  from: number;
  to: number;
}

const placeX = ({ from, to }: Scale, value: number) =>
  size.left + ((value - from) / (to - from || 1)) * room.x;
const placeY = ({ from, to }: Scale, value: number) =>
  size.top + room.y - ((value - from) / (to - from || 1)) * room.y;

function Axes({ x, y, xName, yName }: { x: Scale; y: Scale; xName: string; yName: string }) {
  const ticks = [0, 0.25, 0.5, 0.75, 1];
  return (
    <g className="value-axes">
      {ticks.map((part) => {
        const value = y.from + part * (y.to - y.from);
        return (
          <g key={part}>
            <line x1={size.left} x2={size.left + room.x} y1={placeY(y, value)} y2={placeY(y, value)} />
            <text x={size.left - 6} y={placeY(y, value) + 3.5} textAnchor="end">
              {formatNumber(Number(value.toPrecision(3)))}
            </text>
          </g>
        );
      })}
      {[0, 0.5, 1].map((part) => {
        const value = x.from + part * (x.to - x.from);
        return (
          <text
            key={part}
            x={placeX(x, value)}
            y={size.height - 18}
            textAnchor={part === 1 ? "end" : "middle"}
          >
            {formatNumber(Number(value.toPrecision(3)))}
          </text>
        );
      })}
      <text className="value-axis-name" x={size.left + room.x / 2} y={size.height - 4} textAnchor="middle">
        {xName}
      </text>
      <text
        className="value-axis-name"
        transform={`translate(10 ${size.top + room.y / 2}) rotate(-90)`}
        textAnchor="middle"
      >
        {yName}
      </text>
    </g>
  );
}

const pathOf = (points: readonly CurvePoint[], x: Scale, y: Scale): string =>
  points
    .map(
      (point, index) =>
        `${index === 0 ? "M" : "L"}${placeX(x, point.x).toFixed(1)} ${placeY(y, point.y).toFixed(1)}`,
    )
    .join("");

const unit: Scale = { from: 0, to: 1 };

export function AccuracyCurves({ name, classes }: { name: string; classes: readonly ClassCurves[] }) {
  const draw = (title: string, kind: "roc" | "precisionRecall", xName: string, yName: string) => (
    <figure className="value-chart">
      <figcaption>{title}</figcaption>
      <svg viewBox={`0 0 ${size.width} ${size.height}`} role="img" aria-label={`${title} of ${name}`}>
        <Axes x={unit} y={unit} xName={xName} yName={yName} />
        {kind === "roc" && (
          <path
            className="value-chance"
            d={pathOf(
              [
                { x: 0, y: 0 },
                { x: 1, y: 1 },
              ],
              unit,
              unit,
            )}
          />
        )}
        {classes.map((one, index) => (
          <path
            key={one.label}
            className="value-curve"
            style={{ stroke: colorOf(index) }}
            d={pathOf(one[kind], unit, unit)}
          />
        ))}
      </svg>
    </figure>
  );
  return (
    <>
      <div className="value-charts">
        {draw("ROC", "roc", "false positive rate", "true positive rate")}
        {draw("Precision and recall", "precisionRecall", "recall", "precision")}
      </div>
      <ul className="value-legend">
        {classes.map(({ label, area, averagePrecision }, index) => (
          <li key={label}>
            <span className="chart-swatch" style={{ background: colorOf(index) }} />
            {label}
            <span className="split-note">
              area {area.toFixed(3)}, precision {averagePrecision.toFixed(3)}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

export function Histogram({ name, bins: { edges, counts } }: { name: string; bins: Bins }) {
  const x = { from: edges[0]!, to: edges.at(-1)! };
  const y = { from: 0, to: Math.max(1, ...counts) };
  return (
    <figure className="value-chart">
      <svg viewBox={`0 0 ${size.width} ${size.height}`} role="img" aria-label={`Residuals of ${name}`}>
        <Axes x={x} y={y} xName="residual" yName="count" />
        {counts.slice(0, edges.length - 1).map((count, index) => {
          const left = placeX(x, edges[index]!);
          const top = placeY(y, count);
          return (
            <rect
              key={index}
              className="value-bar-one"
              x={left}
              y={top}
              width={Math.max(1, placeX(x, edges[index + 1]!) - left - 1)}
              height={Math.max(0, size.top + room.y - top)}
            >
              <title>{`${formatNumber(edges[index]!)} to ${formatNumber(edges[index + 1]!)}: ${count}`}</title>
            </rect>
          );
        })}
      </svg>
    </figure>
  );
}

export function PredictedAndTrue({ name, chart }: { name: string; chart: Predictions }) {
  const { edges, averages, errors } = chart;
  const points = averages.flatMap((average, index) => {
    const from = edges[index];
    const to = edges[index + 1];
    if (from === undefined || to === undefined || !Number.isFinite(average)) return [];
    return [{ x: (from + to) / 2, y: average, error: errors[index] ?? 0 }];
  });
  const values = points.flatMap(({ y, error }) => [y - error, y + error]);
  const x = { from: edges[0]!, to: edges.at(-1)! };
  const y = { from: Math.min(x.from, ...values), to: Math.max(x.to, ...values) };
  const ideal = [
    { x: x.from, y: x.from },
    { x: x.to, y: x.to },
  ];
  return (
    <figure className="value-chart">
      <svg viewBox={`0 0 ${size.width} ${size.height}`} role="img" aria-label={`Predictions of ${name}`}>
        <Axes x={x} y={y} xName="true" yName="predicted, on average" />
        <path className="value-chance" d={pathOf(ideal, x, y)} />
        {points.map((point, index) => (
          <line
            key={index}
            className="value-error"
            x1={placeX(x, point.x)}
            x2={placeX(x, point.x)}
            y1={placeY(y, point.y - point.error)}
            y2={placeY(y, point.y + point.error)}
          />
        ))}
        <path className="value-curve" style={{ stroke: colorOf(0) }} d={pathOf(points, x, y)} />
      </svg>
    </figure>
  );
}
