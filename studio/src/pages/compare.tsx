// Runs side by side; everything that is chosen stands in the address.
import { createFileRoute } from "@tanstack/react-router";
import { workspaceQuery } from "../api/queries.ts";
import { ComparePage } from "../features/compare/compare-page.tsx";
import { readCompareSearch } from "../features/compare/compare-search.ts";

export const Route = createFileRoute("/compare")({
  validateSearch: readCompareSearch,
  // A browser without a session is led to sign in by what a loader meets.
  loader: ({ context }) => context.queries.ensureQueryData(workspaceQuery()),
  component: Compare,
});

function Compare() {
  const search = Route.useSearch();
  const navigate = Route.useNavigate();
  return (
    <ComparePage
      search={search}
      onSearch={(change) =>
        void navigate({
          search: (before) => readCompareSearch({ ...before, ...change }),
          replace: true,
          resetScroll: false,
        })
      }
    />
  );
}
