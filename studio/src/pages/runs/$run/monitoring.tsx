// What was sampled of the machines while the run ran.
import { useSuspenseQuery } from "@tanstack/react-query";
import { createFileRoute } from "@tanstack/react-router";
import { jobOfRunQuery, runQuery } from "../../../api/run-queries.ts";
import { MonitoringTab } from "../../../features/metrics/monitoring-tab.tsx";

export const Route = createFileRoute("/runs/$run/monitoring")({ component: MonitoringPage });

function MonitoringPage() {
  const { run: name } = Route.useParams();
  const { data: run } = useSuspenseQuery(runQuery(name));
  const { data: job } = useSuspenseQuery(jobOfRunQuery(name));
  return <MonitoringTab run={run} job={job} />;
}
