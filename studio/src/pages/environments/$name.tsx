// One environment, with its versions.
import { createFileRoute } from "@tanstack/react-router";
import { AssetPage, readAssetSearch } from "../../features/registry/asset-page.tsx";

export const Route = createFileRoute("/environments/$name")({
  validateSearch: readAssetSearch,
  component: Environment,
});

function Environment() {
  const { name } = Route.useParams();
  const { version } = Route.useSearch();
  return <AssetPage kind="environment" name={name} version={version} />;
}
