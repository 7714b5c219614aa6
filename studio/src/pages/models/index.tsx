// All models.
import { createFileRoute } from "@tanstack/react-router";
import { readListSearch, RegistryList } from "../../features/registry/registry-list.tsx";

export const Route = createFileRoute("/models/")({
  validateSearch: readListSearch,
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
