// One job.
import { useSuspenseQuery } from "@tanstack/react-query";
import { createFileRoute } from "@tanstack/react-router";
import { jobQuery } from "../../api/queries.ts";

export const Route = createFileRoute("/runs/$run")({
  loader: ({ context, params }) => context.queries.ensureQueryData(jobQuery(params.run)),
  component: Run,
});

function Run() {
  const { run } = Route.useParams();
  const { data: job } = useSuspenseQuery(jobQuery(run));
  return (
    <article>
      <h1>{job.displayName}</h1>
      <p>
        {job.state}: {job.reason}
      </p>
    </article>
  );
}
