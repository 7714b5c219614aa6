// The metrics of a run, alone or with other runs over it.
import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";
import { isFinal, jobStates } from "../../../../src/core/job.ts";
import { jobOfRunQuery, runQuery } from "../../api/run-queries.ts";
import type { Run } from "../../api/run-queries.ts";
import type { Job } from "../../api/queries.ts";
import { IconButton } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { ChartIcon, CloseIcon } from "../../ui/icons.tsx";
import { isChart } from "../run/metric-kinds.ts";
import { AddRun } from "./add-run.tsx";
import { ChartBar } from "./chart-bar.tsx";
import type { ChartRun } from "./chart-card.tsx";
import type { ChartSearch } from "./chart-search.ts";
import { viewOf } from "./chart-search.ts";
import { Charts } from "./charts.tsx";
import { colorOf } from "./colors.ts";
import { useSameList } from "./same-list.ts";
import { useCharts } from "./use-charts.ts";

interface MetricsTabProps {
  run: Run;
  job: Job | null;
  search: ChartSearch;
  onSearch: (change: { [Key in keyof ChartSearch]?: ChartSearch[Key] | undefined }) => void;
}

export function MetricsTab({ run, job, search, onSearch }: MetricsTabProps) {
  const others = (search.with ?? []).filter((id) => id !== run.id);
  const otherRuns = useQueries({ queries: others.map((id) => runQuery(id)) });
  const otherJobs = useQueries({ queries: others.map((id) => jobOfRunQuery(id)) });
  const loaded = useSameList(otherRuns.map(({ data }) => data));
  const jobs = useSameList(otherJobs.map(({ data }) => data));
  const runs = useMemo(
    () => [
      chartRunOf(run, job, 0),
      ...loaded.flatMap((one, index) => (one ? [chartRunOf(one, jobs[index] ?? null, index + 1)] : [])),
    ],
    [run, job, loaded, jobs],
  );
  const { names, charts } = useCharts(runs, search);
  const view = useMemo(() => viewOf(search), [search]);
  const state = jobStates.find((one) => one === run.state);
  return (
    <>
      <ChartBar search={search} names={names} onChange={onSearch}>
        <AddRun
          experiment={run.experimentName}
          taken={[run.id, ...others]}
          onAdd={(id) => onSearch({ with: [...others, id] })}
        />
      </ChartBar>
      <div className="chart-others">
        {runs.length > 1 &&
          runs.map(({ id, label, color }, index) => (
            <span key={id} className="chart-other">
              <span className="chart-swatch" style={{ background: color }} />
              <span>{label}</span>
              {index > 0 && (
                <IconButton
                  label={`Remove ${label}`}
                  small
                  onClick={() => onSearch({ with: others.filter((other) => other !== id) })}
                >
                  <CloseIcon size={12} />
                </IconButton>
              )}
            </span>
          ))}
        {otherRuns.map(
          ({ error }, index) =>
            error && (
              <p key={others[index]} role="alert" className="field-error">
                {error.message}
              </p>
            ),
        )}
      </div>
      <Charts
        experiment={run.experimentName}
        charts={charts}
        runs={runs}
        view={view}
        onZoom={(window) => onSearch({ from: window?.from, to: window?.to })}
        empty={
          <EmptyState
            icon={<ChartIcon size={28} />}
            title={search.filter ? "No metric has that in its name" : "No numbers were logged yet"}
          >
            {!search.filter && (
              <p>
                {state !== undefined && isFinal(state)
                  ? "The run ended without logging any."
                  : "They appear here as soon as the code logs them:"}
              </p>
            )}
            {!search.filter && !(state !== undefined && isFinal(state)) && (
              <pre>{'from azureml.core import Run\nRun.get_context().log("loss", 0.5)'}</pre>
            )}
          </EmptyState>
        }
      />
    </>
  );
}

const chartRunOf = (run: Run, job: Job | null, index: number): ChartRun => ({
  id: run.id,
  label: run.displayName,
  color: colorOf(index),
  begunAt: job?.startedAt ?? run.createdAt,
  series: new Map(run.metrics.filter(isChart).map((metric) => [metric.name, metric])),
});
