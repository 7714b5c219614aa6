// The code of a run.
import { useSuspenseQuery } from "@tanstack/react-query";
import { createFileRoute } from "@tanstack/react-router";
import { jobOfRunQuery } from "../../../api/run-queries.ts";
import { CodeTab } from "../../../features/code/code-tab.tsx";
import type { CodeSearch } from "../../../features/code/code-tab.tsx";
import { EmptyState } from "../../../ui/empty-state.tsx";

export const Route = createFileRoute("/runs/$run/code")({
  validateSearch: readSearch,
  component: CodePage,
});

function readSearch(search: Record<string, unknown>): CodeSearch {
  const { file, against } = search;
  return {
    ...(typeof file === "string" && { file }),
    ...(typeof against === "string" && against !== "" && { against }),
    ...(search["environment"] === true && { environment: true as const }),
  };
}

function CodePage() {
  const { run } = Route.useParams();
  const search = Route.useSearch();
  const navigate = Route.useNavigate();
  const { data: job } = useSuspenseQuery(jobOfRunQuery(run));
  if (job === null) {
    return <EmptyState title="This run was not submitted here, so its code is not known" />;
  }
  return (
    <CodeTab
      job={job}
      search={search}
      onSearch={(change) =>
        void navigate({ search: (before) => readSearch({ ...before, ...change }), replace: true })
      }
    />
  );
}
