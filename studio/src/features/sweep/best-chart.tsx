// The score of each trial over the time at which it ended, or now, and the best so far as a line of steps.
import { useMemo } from "react";
import { formatDuration, formatNumber } from "../../ui/format.ts";
import type { Trial } from "../../api/sweep-queries.ts";
import { useNow } from "../../ui/now.ts";
import { axisOf, looksLogarithmic } from "./axis.ts";
import { bestSoFar } from "./progress.ts";
import type { Goal } from "./points.ts";
import { Scatter } from "./scatter.tsx";
import { scoreColor } from "./score-color.ts";

interface BestChartProps {
  trials: readonly Trial[];
  metric: string;
  goal: Goal;
  ranks: ReadonlyMap<string, number>;
  onOpen: (run: string) => void;
}

export function BestChart({ trials, metric, goal, ranks, onOpen }: BestChartProps) {
  const now = useNow(trials.some(({ score, endedAt }) => score !== null && endedAt === null));
  const steps = useMemo(() => bestSoFar(trials, goal, now), [trials, goal, now]);
  const began = Math.min(...trials.map(({ startedAt }) => startedAt ?? Infinity));
  const minutes = (at: number) => (at - began) / 1000;
  const scores = steps.map(({ trial }) => trial.score);
  const y = axisOf({ name: metric, values: scores, kind: looksLogarithmic(scores) ? "log" : "linear" });
  const times = axisOf({ name: "time", values: [0, ...steps.map(({ at }) => minutes(at))], kind: "linear" });
  const x = {
    ...times,
    ticks: times.ticks.map(({ at, label }) => ({
      at,
      label: formatDuration(Number(label) * 1000)
        .replace(/^0 ms$/, "0 s")
        .replace(".0 s", " s"),
    })),
  };
  const last = steps.at(-1);
  return (
    <Scatter
      label={`${metric} of each trial by the time of its end, or as it stands; the best is ${last ? formatNumber(last.best) : "not known yet"}`}
      x={x}
      y={y}
      onOpen={onOpen}
      dots={steps.map(({ trial, at }) => ({
        run: trial.run,
        label: `Trial ${trial.number}: ${metric} ${formatNumber(trial.score)}${trial.outcome === null ? " so far" : ""}`,
        x: minutes(at),
        y: trial.score,
        color: scoreColor(ranks.get(trial.run)),
        mark: trial.outcome === null ? "open" : trial.outcome === "stopped" ? "stopped" : "done",
      }))}
    >
      {(place) => {
        const path = steps.map(({ at, best }, index) => {
          const [px, py] = place(x.place(minutes(at)) ?? 0, y.place(best) ?? 0);
          return index === 0 ? `M${px} ${py}` : `H${px}V${py}`;
        });
        return <path className="best-line" d={path.join("")} />;
      }}
    </Scatter>
  );
}
