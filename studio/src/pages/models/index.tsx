// All models.
import { createFileRoute } from "@tanstack/react-router";
import { assetsQuery } from "../../api/asset-queries.ts";
import { readListSearch, RegistryList } from "../../features/registry/registry-list.tsx";

export const Route = createFileRoute("/models/")({
  validateSearch: readListSearch,
  loader: ({ context }) => context.queries.ensureQueryData(assetsQuery("model")),
  component: Models,
});

function Models() {
  const navigate = Route.useNavigate();
  return (
    <RegistryList
      kind="model"
      search={Route.useSearch()}
      onSearch={(search) => void navigate({ search: readListSearch({ ...search }), replace: true })}
    />
  );
}
