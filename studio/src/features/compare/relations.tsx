// How a metric of the compared runs goes with their parameters: parallel coordinates and a scatter.
import { useMemo, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Segmented, Select } from "../../ui/field.tsx";
import { axisOf, looksLogarithmic } from "../sweep/axis.ts";
import type { Value } from "../sweep/axis.ts";
import type { Brushes } from "../sweep/brushes.ts";
import { Parallel } from "../sweep/parallel.tsx";
import { ranksOf } from "../sweep/points.ts";
import type { Goal, Point } from "../sweep/points.ts";
import { Part, ScatterPart } from "../sweep/parts.tsx";
import { colorOf } from "../metrics/colors.ts";
import type { CompareProps } from "./compare-page.tsx";
import { metricsOf, numberOf, parametersOf } from "./compare-rows.ts";
import type { Compared } from "./compare-rows.ts";

interface RelationsProps extends CompareProps {
  compared: readonly Compared[];
  onOpen: (run: string) => void;
}

export function Relations({ compared, search, onSearch, onOpen }: RelationsProps) {
  const [brushes, setBrushes] = useState<Brushes>({});
  const metrics = [...new Set(compared.flatMap(({ run }) => Object.keys(metricsOf(run))))].sort();
  const metric = metrics.find((name) => name === search.metric) ?? metrics[0];
  const goal = search.goal ?? likelyGoal(metric ?? "");
  const points = useMemo(() => compared.map((one) => pointOf(one, metric)), [compared, metric]);
  const axes = useMemo(() => axesOf(points, metric ?? ""), [points, metric]);
  const ranks = useMemo(() => ranksOf(points, goal), [points, goal]);
  const colors = useMemo(() => new Map(points.map(({ run }, index) => [run, colorOf(index)])), [points]);
  if (metric === undefined) return <EmptyState title="None of these runs has logged a number" />;
  if (axes.length < 2) {
    return (
      <EmptyState title="These runs differ in no parameter">
        <p>Log parameters, or give the job inputs, to see how they go with {metric}.</p>
      </EmptyState>
    );
  }
  return (
    <>
      <div className="compare-bar">
        <label className="compare-choice">
          Metric
          <Select
            value={metric}
            onChange={(event) => onSearch({ metric: event.target.value, goal: undefined })}
          >
            {metrics.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </Select>
        </label>
        <Segmented<Goal>
          label="Which is better"
          value={goal}
          onChange={(next) => onSearch({ goal: next })}
          options={[
            { value: "minimize", label: "Less is better" },
            { value: "maximize", label: "More is better" },
          ]}
        />
        {Object.keys(brushes).length > 0 && (
          <Button small onClick={() => setBrushes({})}>
            Show all
          </Button>
        )}
      </div>
      <div className="compare-relations">
        <Part title="Parallel coordinates" isWide>
          <Parallel
            axes={axes}
            points={points}
            ranks={ranks}
            // A few runs are told apart by their own colours, as in the charts.
            {...(points.length <= 8 && { colors })}
            scoreName={metric}
            brushes={brushes}
            onBrush={setBrushes}
            onOpen={onOpen}
          />
        </Part>
        <ScatterPart
          points={points}
          axes={axes}
          metric={metric}
          ranks={ranks}
          {...(points.length <= 8 && { colors })}
          onOpen={onOpen}
        />
      </div>
    </>
  );
}

const likelyGoal = (metric: string): Goal =>
  /loss|err|mse|mae|perplex|nll|time|latency/i.test(metric) ? "minimize" : "maximize";

function pointOf({ run, job }: Compared, metric: string | undefined): Point {
  const values = Object.entries(parametersOf({ run, job })).map(([name, value]) => [
    name,
    numberOf(value) ?? value,
  ]);
  const score = metric === undefined ? undefined : metricsOf(run)[metric];
  return {
    run: run.id,
    label: run.displayName,
    values: Object.fromEntries(values) as Record<string, Value>,
    score: score === undefined || !Number.isFinite(score) ? null : score,
    mark: "done",
  };
}

/** Parameters in which they differ, and the metric at the end. */
function axesOf(points: readonly Point[], metric: string) {
  const names = [...new Set(points.flatMap(({ values }) => Object.keys(values)))].sort();
  const scores = points.flatMap(({ score }) => (score === null ? [] : [score]));
  return [
    ...names.flatMap((name) => {
      const values = points.flatMap((point) => point.values[name] ?? []);
      if (new Set(points.map((point) => point.values[name])).size < 2) return [];
      const numbers = values.filter((value) => typeof value === "number");
      return [axisOf({ name, values, ...(looksLogarithmic(numbers) && { kind: "log" as const }) })];
    }),
    axisOf({ name: metric, values: scores.length > 0 ? scores : [0] }),
  ];
}
