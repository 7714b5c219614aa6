// A sweep by its trials: how it went, what mattered, and every trial. Live, for its queries follow the events.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import type { Sweep } from "../../../../src/core/sweep.ts";
import type { Job } from "../../api/queries.ts";
import { followTrials, trialsQuery } from "../../api/sweep-queries.ts";
import type { Trial } from "../../api/sweep-queries.ts";
import { Button, ButtonLink } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { formatDuration, formatNumber, plural } from "../../ui/format.ts";
import { CompareIcon, SparkIcon } from "../../ui/icons.tsx";
import { Trouble } from "../../ui/trouble.tsx";
import { axisOf, looksLogarithmic } from "./axis.ts";
import type { Axis } from "./axis.ts";
import { BestChart } from "./best-chart.tsx";
import { isWithin } from "./brushes.ts";
import type { Brushes } from "./brushes.ts";
import { ImportanceList } from "./importance-list.tsx";
import { Parallel } from "./parallel.tsx";
import { Part, ScatterPart } from "./parts.tsx";
import { kindOf, parameterNames, pointOf, ranksOf, byScore } from "./points.ts";
import type { Point } from "./points.ts";
import { savedByStopping } from "./progress.ts";
import { mostRows, TrialTable } from "./trial-table.tsx";

/** `run` is the sweep's job. */
export function SweepPanel({ run }: { run: Job }) {
  const { data: trials, error } = useQuery(trialsQuery(run.name));
  const sweep = run.spec.sweep as Sweep | undefined;
  const metric = sweep?.objective.primaryMetric;
  const queries = useQueryClient();
  useEffect(
    () => (metric === undefined ? undefined : followTrials(queries, run.name, metric)),
    [queries, run.name, metric],
  );
  if (error) return <Trouble error={error} />;
  if (!trials || !sweep)
    return (
      <p className="sweep-loading" role="status">
        Reading the trials …
      </p>
    );
  if (trials.length === 0) {
    return (
      <EmptyState icon={<SparkIcon size={20} />} title="No trial has begun yet">
        <p>Each trial appears here as soon as it is proposed.</p>
      </EmptyState>
    );
  }
  return <Trials job={run} sweep={sweep} trials={trials} />;
}

function Trials({ job, sweep, trials }: { job: Job; sweep: Sweep; trials: readonly Trial[] }) {
  const navigate = useNavigate();
  const { primaryMetric: metric, goal } = sweep.objective;
  const [brushes, setBrushes] = useState<Brushes>({});
  const points = useMemo(() => trials.map(pointOf), [trials]);
  const names = useMemo(() => parameterNames(sweep.searchSpace, points), [sweep, points]);
  const ranks = useMemo(() => ranksOf(points, goal), [points, goal]);
  const axes = useMemo(() => axesOf(sweep, names, points), [sweep, names, points]);
  const chosen = trials.filter(({ parameters, score }) =>
    isWithin(brushes, axes, (name) => (name === metric ? (score ?? undefined) : parameters[name])),
  );
  const open = (run: string) => void navigate({ to: "/runs/$run", params: { run } });
  const best = chosen
    .filter(({ score }) => score !== null)
    .toSorted(byScore(goal))
    .slice(0, 5);
  const isNarrowed = Object.keys(brushes).length > 0;
  return (
    <div className="sweep">
      <Summary job={job} sweep={sweep} trials={trials} />
      <div className="sweep-charts">
        <Part title={`${metric} over time, and the best so far`}>
          <BestChart trials={trials} metric={metric} goal={goal} ranks={ranks} onOpen={open} />
        </Part>
        <ScatterPart points={points} axes={axes} metric={metric} ranks={ranks} onOpen={open} />
        <Part
          title="Parallel coordinates"
          isWide
          actions={
            <>
              <Legend />
              {isNarrowed && (
                <Button small onClick={() => setBrushes({})}>
                  Show all
                </Button>
              )}
            </>
          }
        >
          <Parallel
            axes={axes}
            points={points}
            ranks={ranks}
            scoreName={metric}
            brushes={brushes}
            onBrush={setBrushes}
            onOpen={open}
          />
        </Part>
        <Part title="Importance of parameters" isWide>
          <ImportanceList points={points} names={names} goal={goal} />
        </Part>
      </div>
      <Part
        title={
          isNarrowed
            ? `${chosen.length} of ${plural(trials.length, "trial")}`
            : plural(trials.length, "trial")
        }
        actions={
          best.length > 1 && (
            <ButtonLink small to="/compare" search={{ runs: best.map(({ run }) => run).join(",") }}>
              <CompareIcon size={14} />
              Compare the best {best.length}
            </ButtonLink>
          )
        }
      >
        <TrialTable trials={chosen} names={names} metric={metric} goal={goal} />
        {chosen.length > mostRows && (
          <p className="sweep-note">The first {mostRows} are listed; choose parts of the axes for others.</p>
        )}
      </Part>
    </div>
  );
}

/** An axis for each parameter, and the score's at the end. */
function axesOf(
  { searchSpace, objective }: Sweep,
  names: readonly string[],
  points: readonly Point[],
): Axis[] {
  const scores = points.flatMap(({ score }) => (score === null ? [] : [score]));
  return [
    ...names.map((name) =>
      axisOf({
        name,
        values: points.flatMap(({ values }) => values[name] ?? []),
        kind: kindOf(searchSpace[name]),
      }),
    ),
    axisOf({
      name: objective.primaryMetric,
      values: scores.length > 0 ? scores : [0],
      kind: looksLogarithmic(scores) ? "log" : "linear",
    }),
  ];
}

function Summary({ job, sweep, trials }: { job: Job; sweep: Sweep; trials: readonly Trial[] }) {
  const { goal, primaryMetric } = sweep.objective;
  const best = trials.filter(({ score }) => score !== null).toSorted(byScore(goal))[0];
  const saved = useMemo(() => savedByStopping(trials), [trials]);
  const counts = [
    ["completed", trials.filter(({ outcome }) => outcome === "completed").length],
    ["stopped early", trials.filter(({ outcome }) => outcome === "stopped").length],
    ["failed", trials.filter(({ outcome }) => outcome === "failed").length],
    ["canceled", trials.filter(({ outcome }) => outcome === "canceled").length],
    ["under way", trials.filter(({ outcome }) => outcome === null).length],
  ] as const;
  return (
    <dl className="sweep-facts">
      <div>
        <dt>
          {goal === "minimize" ? "Least" : "Greatest"} {primaryMetric}
        </dt>
        <dd>
          {best ? (
            <>
              <strong>{formatNumber(best.score!)}</strong>{" "}
              <Link to="/runs/$run" params={{ run: best.run }}>
                trial {best.number}
              </Link>
            </>
          ) : (
            "not known yet"
          )}
          {best?.outcome === null && <span className="soft"> so far, it goes on</span>}
        </dd>
      </div>
      <div>
        <dt>Trials</dt>
        <dd>
          <strong>{trials.length}</strong>{" "}
          <span className="soft">
            of at most {sweep.limits.maxTotalTrials}:{" "}
            {counts
              .filter(([, count]) => count > 0)
              .map(([word, count]) => `${count} ${word}`)
              .join(", ")}
          </span>
        </dd>
      </div>
      <div>
        <dt>Proposed by</dt>
        <dd>
          {sweep.sampling.type}
          {sweep.earlyTermination && (
            <span className="soft"> with {sweep.earlyTermination.type.replaceAll("_", " ")}</span>
          )}
        </dd>
      </div>
      {saved && (
        <div>
          <dt>Saved by stopping early, about</dt>
          <dd>
            <strong>{Math.round(saved.share * 100)} %</strong>{" "}
            <span
              className="soft"
              title="Had each gone on for as long as the median of those that completed, at its own pace."
            >
              {saved.milliseconds >= 1000 && `${formatDuration(saved.milliseconds)} of computing, `}
              {plural(Math.round(saved.intervals), "logging")} of {primaryMetric}
            </span>
          </dd>
        </div>
      )}
      {job.spec.sweep?.resumeFrom && job.spec.sweep.resumeFrom.length > 0 && (
        <div>
          <dt>Learned from</dt>
          <dd>
            {job.spec.sweep.resumeFrom.map((run) => (
              <Link key={run} to="/runs/$run" params={{ run }}>
                {run}{" "}
              </Link>
            ))}
          </dd>
        </div>
      )}
    </dl>
  );
}

const Legend = () => (
  <span className="score-legend">
    poorest <span className="score-ramp" /> best
    <span className="score-dashed" /> stopped early
  </span>
);
