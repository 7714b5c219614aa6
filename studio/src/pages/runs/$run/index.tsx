// The overview of a run.
import { useSuspenseQuery } from "@tanstack/react-query";
import { createFileRoute } from "@tanstack/react-router";
import { jobOfRunQuery, runAssetsQuery, runQuery } from "../../../api/run-queries.ts";
import { Overview } from "../../../features/run/overview.tsx";

export const Route = createFileRoute("/runs/$run/")({
  loader: ({ context: { queries }, params: { run } }) => queries.ensureQueryData(runAssetsQuery(run)),
  component: OverviewPage,
});

function OverviewPage() {
  const { run: name } = Route.useParams();
  const { data: run } = useSuspenseQuery(runQuery(name));
  const { data: job } = useSuspenseQuery(jobOfRunQuery(name));
  return <Overview run={run} job={job} />;
}
