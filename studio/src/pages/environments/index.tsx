// All environments.
import { createFileRoute } from "@tanstack/react-router";
import { assetsQuery } from "../../api/asset-queries.ts";
import { readListSearch, RegistryList } from "../../features/registry/registry-list.tsx";

export const Route = createFileRoute("/environments/")({
  validateSearch: readListSearch,
  loader: ({ context }) => context.queries.ensureQueryData(assetsQuery("environment")),
  component: Environments,
});

function Environments() {
  const navigate = Route.useNavigate();
  return (
    <RegistryList
      kind="environment"
      search={Route.useSearch()}
      onSearch={(search) => void navigate({ search: readListSearch({ ...search }), replace: true })}
    />
  );
}
