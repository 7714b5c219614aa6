// Points over two axes: a parameter and the score, or the score over time with the best so far.
import type { ReactNode } from "react";
import type { Axis, Value } from "./axis.ts";
import type { Mark } from "./points.ts";
import { useWidth } from "./use-width.ts";

export interface Dot {
  run: string;
  /** Said of it under the pointer. */
  label: string;
  x: Value | undefined;
  y: Value | undefined;
  color: string;
  mark: Mark;
  isFaint?: boolean;
}

interface ScatterProps {
  /** What is drawn, for those who do not see it. */
  label: string;
  x: Axis;
  y: Axis;
  dots: readonly Dot[];
  onOpen: (run: string) => void;
  /** More of the drawing, below the points. */
  children?: (place: (x: number, y: number) => [number, number]) => ReactNode;
}

const height = 240;
const edge = { left: 52, right: 14, top: 10, bottom: 26 };

export function Scatter({ label, x, y, dots, onOpen, children }: ScatterProps) {
  const [box, width] = useWidth<HTMLDivElement>();
  const across = Math.max(40, width - edge.left - edge.right);
  const down = height - edge.top - edge.bottom;
  const place = (atX: number, atY: number): [number, number] => [
    edge.left + atX * across,
    edge.top + (1 - atY) * down,
  ];
  const everyX = Math.max(1, Math.ceil((x.ticks.length * 48) / across));
  return (
    <div ref={box} className="scatter" style={{ height }}>
      <svg width={Math.max(width, 1)} height={height} role="img" aria-label={label}>
        {y.ticks.map(({ at, label: mark }) => (
          <g key={mark}>
            <line
              className="scatter-grid"
              x1={edge.left}
              x2={edge.left + across}
              y1={place(0, at)[1]}
              y2={place(0, at)[1]}
            />
            <text className="scatter-tick" x={edge.left - 7} y={place(0, at)[1] + 3.5} textAnchor="end">
              {mark}
            </text>
          </g>
        ))}
        {x.ticks
          .filter((_, index) => index % everyX === 0)
          .map(({ at, label: mark }) => (
            <text key={mark} className="scatter-tick" x={place(at, 0)[0]} y={height - 8} textAnchor="middle">
              {mark.length > 12 ? `${mark.slice(0, 11)}…` : mark}
            </text>
          ))}
        {children?.(place)}
        {dots.map((dot) => {
          const atX = x.place(dot.x);
          const atY = y.place(dot.y);
          if (atX === undefined || atY === undefined) return null;
          const [cx, cy] = place(atX + (x.kind === "category" ? spread(dot.run) / x.ticks.length : 0), atY);
          return (
            <circle
              key={dot.run}
              className={`scatter-dot scatter-${dot.mark}${dot.isFaint ? " scatter-faint" : ""}`}
              cx={cx}
              cy={cy}
              r={4.5}
              style={{ "--dot": dot.color } as object}
              onClick={() => onOpen(dot.run)}
            >
              <title>{dot.label}</title>
            </circle>
          );
        })}
      </svg>
    </div>
  );
}

/** Points of one word stand a little beside each other, always at the same place. */
function spread(run: string): number {
  let hash = 0;
  for (let index = 0; index < run.length; index++) hash = (Math.imul(hash, 31) + run.charCodeAt(index)) | 0;
  return ((hash >>> 0) / 2 ** 32 - 0.5) * 0.5;
}
