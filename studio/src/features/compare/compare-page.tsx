// Runs side by side.
import { useQueries } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { jobOfRunQuery, runQuery } from "../../api/run-queries.ts";
import { IconButton } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { CloseIcon, CompareIcon } from "../../ui/icons.tsx";
import { PageHead } from "../../ui/page-head.tsx";
import { Tabs, panelId, tabId } from "../../ui/tabs.tsx";
import { plural } from "../../ui/format.ts";
import { AddRun } from "../metrics/add-run.tsx";
import { colorOf } from "../metrics/colors.ts";
import { CompareCharts } from "./compare-charts.tsx";
import { CompareCode } from "./compare-code.tsx";
import type { Compared } from "./compare-rows.ts";
import { runsOf } from "./compare-search.ts";
import type { CompareSearch, View } from "./compare-search.ts";
import { CompareValues } from "./compare-values.tsx";
import { Relations } from "./relations.tsx";
import "./compare.css";

const tabs: { id: View; label: string }[] = [
  { id: "values", label: "Values" },
  { id: "charts", label: "Charts" },
  { id: "relations", label: "Relations" },
  { id: "code", label: "Code and environment" },
];

export interface CompareProps {
  search: CompareSearch;
  onSearch: (change: { [Key in keyof CompareSearch]?: CompareSearch[Key] | undefined }) => void;
}

export function ComparePage({ search, onSearch }: CompareProps) {
  const navigate = useNavigate();
  const names = runsOf(search.runs);
  const runs = useQueries({ queries: names.map((name) => runQuery(name)) });
  const jobs = useQueries({ queries: names.map((name) => jobOfRunQuery(name)) });
  const view = search.view ?? "values";
  const isWaiting = runs.some(({ isPending }) => isPending) || jobs.some(({ isPending }) => isPending);
  const given = [...runs.map(({ data }) => data), ...jobs.map(({ data }) => data)];
  const compared = useMemo(
    () =>
      names.flatMap((_, index): Compared[] => {
        const run = runs[index]?.data;
        return run ? [{ run, job: jobs[index]?.data ?? null }] : [];
      }),
    [search.runs, ...given],
  );
  const setRuns = (next: readonly string[]) => onSearch({ runs: next.join(",") || undefined });
  const open = (run: string) => void navigate({ to: "/runs/$run", params: { run } });
  return (
    <div className="compare">
      <PageHead
        title="Compare"
        crumbs={<Link to="/">Jobs</Link>}
        beside={<span className="soft">{names.length > 0 && plural(names.length, "run")}</span>}
      >
        <div className="compare-runs">
          <div className="compare-chips">
            {names.map((name, index) => (
              <RunChip
                key={name}
                name={name}
                label={runs[index]?.data?.displayName ?? name}
                color={colorOf(index)}
                problem={runs[index]?.error?.message}
                onRemove={() => setRuns(names.filter((other) => other !== name))}
              />
            ))}
          </div>
          <AddRun
            experiment={compared[0]?.run.experimentName ?? "Default"}
            taken={names}
            onAdd={(run) => setRuns([...names, run])}
          />
        </div>
        <Tabs
          label="What is compared"
          tabs={tabs}
          value={view}
          onChange={(next) => onSearch({ view: next })}
        />
      </PageHead>
      <div id={panelId(view)} role="tabpanel" aria-labelledby={tabId(view)} className="compare-panel">
        {names.length === 0 ? (
          <EmptyState icon={<CompareIcon size={20} />} title="No runs are chosen yet">
            <p>Choose some in the table of jobs and press c, or add them by name above.</p>
          </EmptyState>
        ) : isWaiting ? (
          <p className="compare-waiting" role="status">
            Reading the runs …
          </p>
        ) : view === "values" ? (
          <CompareValues
            compared={compared}
            hasSame={search.same ?? false}
            onSame={(same) => onSearch({ same: same || undefined })}
          />
        ) : view === "charts" ? (
          <CompareCharts compared={compared} search={search} onSearch={onSearch} />
        ) : view === "relations" ? (
          <Relations compared={compared} search={search} onSearch={onSearch} onOpen={open} />
        ) : (
          <CompareCode compared={compared} search={search} onSearch={onSearch} />
        )}
      </div>
    </div>
  );
}

function RunChip({
  name,
  label,
  color,
  problem,
  onRemove,
}: {
  name: string;
  label: string;
  color: string;
  problem: string | undefined;
  onRemove: () => void;
}) {
  return (
    <span className="compare-chip">
      <span className="compare-swatch" style={{ background: color }} />
      <Link to="/runs/$run" params={{ run: name }}>
        {label}
      </Link>
      {problem !== undefined && (
        <span role="alert" className="field-error">
          {problem}
        </span>
      )}
      <IconButton label={`Remove ${label}`} small onClick={onRemove}>
        <CloseIcon size={12} />
      </IconButton>
    </span>
  );
}
