// All data assets.
import { createFileRoute } from "@tanstack/react-router";
import { assetsQuery } from "../../api/asset-queries.ts";
import { readListSearch, RegistryList } from "../../features/registry/registry-list.tsx";

export const Route = createFileRoute("/data/")({
  validateSearch: readListSearch,
  loader: ({ context }) => context.queries.ensureQueryData(assetsQuery("data")),
  component: Data,
});

function Data() {
  const navigate = Route.useNavigate();
  return (
    <RegistryList
      kind="data"
      search={Route.useSearch()}
      onSearch={(search) => void navigate({ search: readListSearch({ ...search }), replace: true })}
    />
  );
}
