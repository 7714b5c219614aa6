// One drawn chart: uPlot for as long as it is there, with new numbers put to it rather than drawn anew.
import { useEffect, useLayoutEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { resolveColor, useThemeVersion, withAlpha } from "./colors.ts";
import type { Line } from "./curve.ts";
import { positive } from "./curve.ts";
import { smooth } from "./smooth.ts";
import { formatTick } from "./ticks.ts";

export interface PlotLine {
  id: string;
  color: string;
  /** Lengths of strokes and gaps; undefined: a solid line. */
  dash: readonly number[] | undefined;
  line: Line;
}

export interface PlotView {
  isTime: boolean;
  isRelative: boolean;
  isLogX: boolean;
  isLogY: boolean;
  /** Shares of a whole: the axis is the whole, so that little does not look like much. */
  isPercent: boolean;
  smoothing: number;
  /** The part of the axis that is shown; undefined: all of it. */
  window: { from: number; to: number } | undefined;
}

interface PlotProps {
  lines: readonly PlotLine[];
  view: PlotView;
  height: number;
  /** Charts of one name share the place of the pointer. */
  syncKey: string;
  /** The x under the pointer and the value of each line there; undefined: the pointer has left. */
  onHover: (x: number | undefined, values: readonly (number | null)[]) => void;
  onZoom: (window: { from: number; to: number } | undefined) => void;
}

/** Of each line: its values as they are, its smooth ones, its least and its greatest. */
const seriesPerLine = 4;

export function Plot({ lines, view, height, syncKey, onHover, onZoom }: PlotProps) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(null);
  const theme = useThemeVersion();
  const act = useRef({ onHover, onZoom });
  const shown = useRef(view);
  const drawn = useRef<readonly [readonly PlotLine[], PlotView]>([lines, view]);
  const { isTime, isRelative, isLogX, isLogY, isPercent } = view;
  const structure = JSON.stringify([lines.map(({ id, color, dash }) => [id, color, dash])]);

  useEffect(() => {
    act.current = { onHover, onZoom };
  });

  useLayoutEffect(() => {
    shown.current = view;
    const element = box.current!;
    const made = new uPlot(
      optionsOf({ lines, view, height, width: element.clientWidth, syncKey, act, shown }),
      dataOf(lines, view),
      element,
    );
    chart.current = made;
    drawn.current = [lines, view];
    const sizes = new ResizeObserver(() => {
      const width = element.clientWidth;
      // It is told the size that it begins with as well.
      if (width > 0 && width !== made.width) made.setSize({ width, height });
    });
    sizes.observe(element);
    return () => {
      sizes.disconnect();
      chart.current = null;
      made.destroy();
    };
    // The numbers and the window are put to it below.
  }, [structure, isTime, isRelative, isLogX, isLogY, isPercent, height, theme, syncKey]);

  useLayoutEffect(() => {
    if (drawn.current[0] === lines && drawn.current[1] === view) return;
    drawn.current = [lines, view];
    shown.current = view;
    chart.current?.setData(dataOf(lines, view));
  }, [lines, view]);

  return <div ref={box} className="plot" style={{ height }} />;
}

function dataOf(lines: readonly PlotLine[], { smoothing, isLogY }: PlotView): uPlot.AlignedData {
  const real = (values: readonly (number | null)[]) => (isLogY ? positive(values) : [...values]);
  const tables = lines.map(({ line }): uPlot.AlignedData => {
    const nothing = line.x.map(() => null);
    const smoothed = smoothing > 0 ? smooth(line.mean, smoothing) : nothing;
    return [
      line.x,
      real(line.mean),
      real(smoothed),
      line.min ? real(line.min) : nothing,
      line.max ? real(line.max) : nothing,
    ];
  });
  const [only] = tables;
  if (!only) return [[]];
  return tables.length === 1 ? only : uPlot.join(tables);
}

/** uPlot's names for these are types alone. */
const distributionOf = (isLog: boolean): uPlot.Scale.Distr => {
  const linear = 1;
  const logarithmic = 3;
  // oxlint-disable-next-line typescript/no-unsafe-enum-assignment, typescript/no-unsafe-enum-comparison
  return isLog ? logarithmic : linear;
};

interface OptionsFrom {
  lines: readonly PlotLine[];
  view: PlotView;
  height: number;
  width: number;
  syncKey: string;
  act: { current: Pick<PlotProps, "onHover" | "onZoom"> };
  shown: { current: PlotView };
}

function optionsOf({ lines, view, height, width, syncKey, act, shown }: OptionsFrom): uPlot.Options {
  const ink = resolveColor("var(--ink-faint)");
  const grid = { stroke: resolveColor("var(--line)"), width: 1 };
  const font = `11px ${getComputedStyle(document.body).fontFamily}`;
  const axis = { stroke: ink, font, grid, ticks: { show: false }, border: { show: false } };
  const isSmooth = () => shown.current.smoothing > 0;
  const series = lines.flatMap(({ color, dash = [] }): uPlot.Series[] => {
    const stroke = resolveColor(color);
    const hidden: uPlot.Series = { stroke: "transparent", width: 0, points: { show: false } };
    return [
      {
        stroke: () => (isSmooth() ? withAlpha(stroke, 0.28) : stroke),
        width: 1.5,
        dash: [...dash],
        // A lone point has no line.
        points: { show: (_, at) => lonely(lines, at), size: 5, fill: stroke },
      },
      { stroke, width: 1.75, dash: [...dash], points: { show: false } },
      hidden,
      hidden,
    ];
  });
  return {
    width,
    height,
    padding: [8, 10, 0, 0],
    pxAlign: 1,
    legend: { show: false },
    cursor: {
      sync: { key: syncKey, scales: ["x", null], setSeries: false },
      drag: { x: true, y: false, setScale: false },
      points: { size: 6, fill: (_, at) => resolveColor(lines[Math.floor((at - 1) / seriesPerLine)]!.color) },
      focus: { prox: -1 },
      y: false,
    },
    scales: {
      x: {
        time: view.isTime,
        distr: distributionOf(view.isLogX),
        range: (_, least, greatest) => rangeOf(shown.current, least, greatest),
      },
      y: { distr: distributionOf(view.isLogY), ...(view.isPercent && { range: wholeRange }) },
    },
    axes: [
      {
        ...axis,
        size: 24,
        space: 64,
        ...(!view.isTime && {
          values: (_, splits) => splits.map((value) => formatTick(value, view.isRelative)),
        }),
      },
      {
        ...axis,
        size: 52,
        space: 26,
        values: (_, splits) => splits.map((value) => formatTick(value, false)),
      },
    ],
    series: [{}, ...series],
    bands: lines.map(({ color }, index) => ({
      series: [index * seriesPerLine + 4, index * seriesPerLine + 3] as [number, number],
      fill: withAlpha(resolveColor(color), 0.16),
    })),
    hooks: {
      setCursor: [
        (plot) => {
          const { idx } = plot.cursor;
          const x = idx == null ? undefined : plot.data[0][idx];
          const at = isSmooth() ? 2 : 1;
          act.current.onHover(
            x,
            x === undefined
              ? []
              : lines.map((_, index) => nearest(plot.data[index * seriesPerLine + at]!, idx!)),
          );
        },
      ],
      setSelect: [
        (plot) => {
          const { left, width: wide } = plot.select;
          if (wide < 4) return;
          const from = plot.posToVal(left, "x");
          const to = plot.posToVal(left + wide, "x");
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          act.current.onZoom({ from, to });
        },
      ],
      ready: [
        (plot) => {
          plot.over.addEventListener("dblclick", () => act.current.onZoom(undefined));
        },
      ],
    },
  };
}

/** A program on several processors may be said to use more than all of one. */
const wholeRange = (_: uPlot, _least: number, greatest: number): [number, number] => [
  0,
  Math.max(100, greatest ?? 0),
];

const lonely = (lines: readonly PlotLine[], at: number): boolean =>
  (lines[Math.floor((at - 1) / seriesPerLine)]?.line.x.length ?? 0) === 1;

function rangeOf({ window, isLogX }: PlotView, least: number, greatest: number): [number, number] {
  if (window) return [window.from, window.to];
  if (least == null || greatest == null) return [0, 1];
  if (least < greatest) return [least, greatest];
  return isLogX ? [least / 2, least * 2] : [least - 0.5, least + 0.5];
}

/** Lines over each other have few x in common: the value before is what the line shows there. */
function nearest(values: ArrayLike<number | null | undefined>, idx: number): number | null {
  for (let at = idx; at >= 0 && at > idx - 400; at--) {
    const value = values[at];
    if (value !== undefined) return value;
  }
  return null;
}
