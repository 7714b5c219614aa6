// Parallel coordinates: a line for each run over an axis for each parameter. Lines are drawn on a canvas, for there may
// be thousands; axes are SVG, and dragging along one leaves in colour only the runs within.
import { useLayoutEffect, useMemo, useRef, useState } from "react";
import type { PointerEvent } from "react";
import { resolveColor, useThemeVersion, withAlpha } from "../metrics/colors.ts";
import type { Axis } from "./axis.ts";
import { brushByKey, isWithin, withBrush } from "./brushes.ts";
import type { Brushes } from "./brushes.ts";
import type { Point } from "./points.ts";
import { scoreColor } from "./score-color.ts";
import { useWidth } from "./use-width.ts";

interface ParallelProps {
  axes: readonly Axis[];
  points: readonly Point[];
  /** Of the runs: 0 is the best. */
  ranks: ReadonlyMap<string, number>;
  /** Colours of their own instead of the score's. */
  colors?: ReadonlyMap<string, string>;
  /** The axis that shows the score. */
  scoreName: string;
  brushes: Brushes;
  onBrush: (brushes: Brushes) => void;
  onOpen: (run: string) => void;
}

const height = 280;
const top = 34;
const foot = 16;
const side = 46;
const leastGap = 92;

export function Parallel(props: ParallelProps) {
  const { axes, points, scoreName, brushes, onBrush, onOpen } = props;
  const [box, width] = useWidth<HTMLDivElement>();
  const [hovered, setHovered] = useState<number>();
  const inner = Math.max(width, side * 2 + leastGap * (axes.length - 1));
  const gap = axes.length > 1 ? (inner - side * 2) / (axes.length - 1) : 0;
  const yOf = (place: number) => top + (1 - place) * (height - top - foot);
  const lines = useMemo(
    () =>
      points.map((point) => {
        const valueOf = (name: string) =>
          name === scoreName ? (point.score ?? undefined) : point.values[name];
        return {
          point,
          places: axes.map(({ name, place }) => place(valueOf(name))),
          isIn: isWithin(brushes, axes, valueOf),
        };
      }),
    [points, axes, scoreName, brushes],
  );
  const canvas = useLines({ ...props, lines, hovered, inner, gap, yOf });
  const find = (event: PointerEvent<HTMLElement>) => {
    const area = event.currentTarget.getBoundingClientRect();
    setHovered(nearest(lines, event.clientX - area.left, event.clientY - area.top, gap, yOf));
  };
  const shown = hovered === undefined ? undefined : lines[hovered];
  return (
    <div className="parallel">
      <div ref={box} className="parallel-scroll" tabIndex={0} role="region" aria-label="Parallel coordinates">
        <div
          className="parallel-area"
          style={{ width: inner, height }}
          onPointerMove={find}
          onPointerLeave={() => setHovered(undefined)}
          onClick={(event) => {
            const isAxis = event.target instanceof Element && event.target.closest(".parallel-axis") !== null;
            if (shown && !isAxis) onOpen(shown.point.run);
          }}
        >
          <canvas ref={canvas} className="parallel-lines" aria-hidden="true" />
          <svg width={inner} height={height} className="parallel-axes">
            {axes.map((axis, index) => (
              <AxisBrush
                key={axis.name}
                axis={axis}
                x={side + gap * index}
                gap={gap}
                isLast={index > 0 && index === axes.length - 1}
                yOf={yOf}
                brushes={brushes}
                onBrush={onBrush}
              />
            ))}
          </svg>
        </div>
      </div>
      <p className="parallel-hover" aria-hidden="true">
        {shown
          ? `${shown.point.label}: ${axes
              .map(({ name }) => [name, name === scoreName ? shown.point.score : shown.point.values[name]])
              .filter(([, value]) => value !== undefined && value !== null)
              .map(
                ([name, value]) =>
                  `${name} ${typeof value === "number" ? Number(value.toPrecision(4)) : value}`,
              )
              .join(" · ")}`
          : "Drag along an axis to choose a part of it; click a line to open its run."}
      </p>
    </div>
  );
}

interface Drawn {
  point: Point;
  places: readonly (number | undefined)[];
  isIn: boolean;
}

function useLines(
  given: ParallelProps & {
    lines: readonly Drawn[];
    hovered: number | undefined;
    inner: number;
    gap: number;
    yOf: (place: number) => number;
  },
) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useThemeVersion();
  const { lines, ranks, colors, hovered, inner, gap, yOf } = given;
  const resolved = useMemo(() => {
    const known = new Map<string, string>();
    return lines.map(({ point }) => {
      const rank = ranks.get(point.run);
      const wanted =
        colors?.get(point.run) ?? scoreColor(rank === undefined ? undefined : Math.round(rank * 32) / 32);
      if (!known.has(wanted)) known.set(wanted, resolveColor(wanted));
      return known.get(wanted)!;
    });
  }, [lines, ranks, colors, theme]);
  useLayoutEffect(() => {
    const element = canvas.current!;
    const ratio = devicePixelRatio;
    element.width = inner * ratio;
    element.height = height * ratio;
    element.style.width = `${inner}px`;
    element.style.height = `${height}px`;
    const pen = element.getContext("2d")!;
    pen.scale(ratio, ratio);
    pen.lineJoin = "round";
    const faint = withAlpha(resolveColor("var(--quiet)"), 0.16);
    const draw = (line: Drawn, color: string, thickness: number, alpha: number) => {
      pen.strokeStyle = color;
      pen.globalAlpha = alpha;
      pen.lineWidth = thickness;
      pen.setLineDash(line.point.mark === "stopped" ? [4, 3] : []);
      pen.beginPath();
      let isDown = false;
      for (const [index, place] of line.places.entries()) {
        const x = side + gap * index;
        if (place === undefined) isDown = false;
        else if (isDown) {
          const before = side + gap * (index - 0.5);
          const last = yOf(line.places[index - 1]!);
          pen.bezierCurveTo(before, last, before, yOf(place), x, yOf(place));
        } else {
          pen.moveTo(x, yOf(place));
          isDown = true;
        }
      }
      pen.stroke();
    };
    for (const line of lines) if (!line.isIn) draw(line, faint, 1, 1);
    // The best come last, over the others.
    const order = [...lines.keys()].sort(
      (a, b) => (ranks.get(lines[b]!.point.run) ?? 2) - (ranks.get(lines[a]!.point.run) ?? 2),
    );
    const alpha = lines.length > 300 ? 0.5 : 0.85;
    for (const index of order) if (lines[index]!.isIn) draw(lines[index]!, resolved[index]!, 1.5, alpha);
    if (hovered !== undefined && lines[hovered]) draw(lines[hovered], resolveColor("var(--ink)"), 2.5, 1);
  }, [lines, resolved, hovered, inner, gap, theme]);
  return canvas;
}

/** The line that passes within a few pixels of a place. */
function nearest(
  lines: readonly Drawn[],
  x: number,
  y: number,
  gap: number,
  yOf: (place: number) => number,
): number | undefined {
  if (gap === 0) return undefined;
  const at = (x - side) / gap;
  const index = Math.floor(at);
  const part = at - index;
  // As the curve between two axes bends.
  const eased = part * part * (3 - 2 * part);
  let best: number | undefined;
  let least = 8;
  for (const [line, { places, isIn }] of lines.entries()) {
    const a = places[index];
    const b = places[index + 1];
    if (a === undefined || b === undefined || !isIn) continue;
    const distance = Math.abs(yOf(a + (b - a) * eased) - y);
    if (distance < least) [best, least] = [line, distance];
  }
  return best;
}

interface AxisBrushProps {
  axis: Axis;
  x: number;
  gap: number;
  /** Its marks stand outside, where no lines are. */
  isLast: boolean;
  yOf: (place: number) => number;
  brushes: Brushes;
  onBrush: (brushes: Brushes) => void;
}

function AxisBrush({ axis: { name, kind, ticks }, x, gap, isLast, yOf, brushes, onBrush }: AxisBrushProps) {
  const outwards = isLast ? 1 : -1;
  const from = useRef<number>(undefined);
  const brush = brushes[name];
  const placeOf = (event: PointerEvent<SVGGElement>) => {
    const area = event.currentTarget.ownerSVGElement!.getBoundingClientRect();
    return 1 - (event.clientY - area.top - top) / (height - top - foot);
  };
  const longest = Math.max(8, Math.floor(gap / 7));
  const short = (text: string) => (text.length > longest ? `${text.slice(0, longest - 1)}…` : text);
  return (
    <g
      className="parallel-axis"
      role="group"
      tabIndex={0}
      aria-label={`${name}${kind === "log" ? ", log" : ""}${brush ? `: from ${percent(brush[0])} to ${percent(brush[1])} of it` : ""}. Arrows move the upper end, with Shift the lower one, Escape shows all.`}
      onKeyDown={(event) => {
        const next = brushByKey(brushes, name, event.key, event.shiftKey);
        if (!next) return;
        event.preventDefault();
        onBrush(next);
      }}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        from.current = placeOf(event);
      }}
      onPointerMove={(event) => {
        if (from.current !== undefined) onBrush(withBrush(brushes, name, from.current, placeOf(event)));
      }}
      onPointerUp={(event) => {
        // A click without a drag shows all again.
        if (from.current !== undefined && Math.abs(placeOf(event) - from.current) < 0.01)
          onBrush(withBrush(brushes, name, 0, 1));
        from.current = undefined;
      }}
    >
      <rect className="parallel-hit" x={x - 14} y={0} width={28} height={height} />
      <text className="parallel-name" x={x} y={14} textAnchor="middle">
        <title>{name}</title>
        {short(name)}
      </text>
      <line className="parallel-line" x1={x} x2={x} y1={yOf(1)} y2={yOf(0)} />
      {ticks.map(({ at, label }) => (
        <g key={label}>
          <line className="parallel-line" x1={x} x2={x + 3 * outwards} y1={yOf(at)} y2={yOf(at)} />
          <text
            className="parallel-tick"
            x={x + 6 * outwards}
            y={yOf(at) + 3.5}
            textAnchor={isLast ? "start" : "end"}
          >
            {short(label)}
          </text>
        </g>
      ))}
      {brush && (
        <rect
          className="parallel-brush"
          x={x - 7}
          width={14}
          y={yOf(brush[1])}
          height={yOf(brush[0]) - yOf(brush[1])}
          rx={3}
        />
      )}
    </g>
  );
}

const percent = (part: number) => `${Math.round(part * 100)} %`;
