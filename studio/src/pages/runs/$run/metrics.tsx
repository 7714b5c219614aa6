// The metrics of a run.
import { useSuspenseQuery } from "@tanstack/react-query";
import { createFileRoute } from "@tanstack/react-router";
import { jobOfRunQuery, runQuery } from "../../../api/run-queries.ts";
import { readChartSearch } from "../../../features/metrics/chart-search.ts";
import { prefetchCharts } from "../../../features/metrics/prefetch-charts.ts";
import { MetricsTab } from "../../../features/metrics/metrics-tab.tsx";

export const Route = createFileRoute("/runs/$run/metrics")({
  validateSearch: readChartSearch,
  // The first curves are on their way before the page is drawn.
  loader: async ({ context: { queries }, params: { run } }) =>
    prefetchCharts(queries, await queries.ensureQueryData(runQuery(run))),
  component: MetricsPage,
});

function MetricsPage() {
  const { run: name } = Route.useParams();
  const search = Route.useSearch();
  const navigate = Route.useNavigate();
  const { data: run } = useSuspenseQuery(runQuery(name));
  const { data: job } = useSuspenseQuery(jobOfRunQuery(name));
  return (
    <MetricsTab
      run={run}
      job={job}
      search={search}
      onSearch={(change) =>
        void navigate({
          search: (before) => readChartSearch({ ...before, ...change }),
          replace: true,
          resetScroll: false,
        })
      }
    />
  );
}
