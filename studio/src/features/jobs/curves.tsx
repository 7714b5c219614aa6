// Small curves of one metric beside the runs in sight: fetched together, drawn by hand.
import { memo, useEffect, useMemo, useRef, useState } from "react";
import { readCurves } from "./table-queries.ts";

type Line = readonly (number | null)[];

export interface Curves {
  of: (run: string) => Line | undefined;
  /** These runs logged something since. */
  forget: (runs: ReadonlySet<string>) => void;
}

/** Wait until scrolling rests a little. */
const restMs = 80;
const mostAtOnce = 200;

export function useCurves(metric: string | undefined, inSight: readonly string[]): Curves {
  const known = useRef(new Map<string, Line>());
  const [version, setVersion] = useState(0);
  const lastMetric = useRef(metric);
  if (lastMetric.current !== metric) {
    lastMetric.current = metric;
    known.current = new Map();
  }
  const stale = useRef(new Set<string>());
  const key = inSight.join(" ");
  useEffect(() => {
    if (metric === undefined) return;
    const wanted = inSight
      .filter((run) => !known.current.has(run) || stale.current.has(run))
      .slice(0, mostAtOnce);
    if (wanted.length === 0) return;
    const gone = new AbortController();
    const timer = setTimeout(() => {
      for (const run of wanted) stale.current.delete(run);
      readCurves(wanted, metric, gone.signal).then(
        ({ lines }) => {
          const found = new Map(lines.map(({ run, values }) => [run, values]));
          for (const run of wanted) known.current.set(run, found.get(run) ?? []);
          setVersion((count) => count + 1);
        },
        // It is tried again with the next rows in sight.
        () => {},
      );
    }, restMs);
    return () => {
      clearTimeout(timer);
      gone.abort();
    };
    // The key says which are in sight.
  }, [key, metric, version]);
  return useMemo(
    () => ({
      of: (run) => known.current.get(run),
      forget: (runs) => {
        for (const run of runs) stale.current.add(run);
        setVersion((count) => count + 1);
      },
    }),
    [version],
  );
}

const width = 104;
const height = 22;

export const Curve = memo(function Curve({ line }: { line: Line | undefined }) {
  const drawn = line?.filter((value) => value !== null) ?? [];
  if (!line || drawn.length === 0) return null;
  const low = Math.min(...drawn);
  const span = Math.max(...drawn) - low || 1;
  const x = (index: number) => 2 + (index / Math.max(1, line.length - 1)) * (width - 6);
  const y = (value: number) => height - 3 - ((value - low) / span) * (height - 6);
  let path = "";
  let isPenDown = false;
  for (const [index, value] of line.entries()) {
    if (value !== null) path += `${isPenDown ? "L" : "M"}${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
    isPenDown = value !== null;
  }
  const last = line.at(-1);
  return (
    <svg
      className="run-curve"
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      aria-hidden="true"
    >
      <path d={path} />
      {last != null && <circle cx={x(line.length - 1)} cy={y(last)} r="1.8" />}
    </svg>
  );
});
