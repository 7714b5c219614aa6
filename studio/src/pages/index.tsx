// The latest jobs.
import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { createFileRoute, Link } from "@tanstack/react-router";
import { jobsQuery } from "../api/queries.ts";

export const Route = createFileRoute("/")({
  loader: ({ context }) => context.queries.ensureInfiniteQueryData(jobsQuery()),
  component: Jobs,
});

function Jobs() {
  const { data } = useSuspenseInfiniteQuery(jobsQuery());
  return (
    <table>
      <tbody>
        {data.pages.flatMap((page) =>
          page.jobs.map((job) => (
            <tr key={job.name}>
              <td>
                <Link to="/runs/$run" params={{ run: job.name }}>
                  {job.displayName}
                </Link>
              </td>
              <td>{job.state}</td>
            </tr>
          )),
        )}
      </tbody>
    </table>
  );
}
