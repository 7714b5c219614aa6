// The jobs that a job began: trials of a sweep, children of any other.
import { useSuspenseQuery } from "@tanstack/react-query";
import { createFileRoute } from "@tanstack/react-router";
import { childrenQuery, jobOfRunQuery } from "../../../api/run-queries.ts";
import { Children } from "../../../features/run/children.tsx";
import { SweepPanel } from "../../../features/sweep/sweep-panel.tsx";

export const Route = createFileRoute("/runs/$run/children")({
  loader: ({ context: { queries }, params: { run } }) => queries.ensureQueryData(childrenQuery(run)),
  component: ChildrenPage,
});

function ChildrenPage() {
  const { run } = Route.useParams();
  const { data } = useSuspenseQuery(childrenQuery(run));
  const { data: job } = useSuspenseQuery(jobOfRunQuery(run));
  if (job?.trials) return <SweepPanel run={job} />;
  return <Children jobs={data.jobs} isCut={data.next !== null} />;
}
