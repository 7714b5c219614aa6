// One run: its head, and the page of the chosen tab below.
import { useSuspenseQuery } from "@tanstack/react-query";
import { createFileRoute, Outlet } from "@tanstack/react-router";
import { jobOfRunQuery, runQuery } from "../../api/run-queries.ts";
import { RunHead } from "../../features/run/run-head.tsx";
import "../../features/run/run-page.css";

export const Route = createFileRoute("/runs/$run")({
  loader: ({ context: { queries }, params: { run } }) =>
    Promise.all([queries.ensureQueryData(runQuery(run)), queries.ensureQueryData(jobOfRunQuery(run))]),
  component: RunPage,
});

function RunPage() {
  const { run: name } = Route.useParams();
  const { data: run } = useSuspenseQuery(runQuery(name));
  const { data: job } = useSuspenseQuery(jobOfRunQuery(name));
  return (
    <div className="run-page">
      <RunHead run={run} job={job} />
      <div className="run-panel">
        <Outlet />
      </div>
    </div>
  );
}
