// One data asset, with its versions.
import { createFileRoute } from "@tanstack/react-router";
import { AssetPage } from "../../features/registry/asset-page.tsx";

export const Route = createFileRoute("/data/$name")({
  validateSearch: (search): { version?: string } =>
    search["version"] === undefined ? {} : { version: String(search["version"]) },
  component: DataAsset,
});

function DataAsset() {
  const { name } = Route.useParams();
  const { version } = Route.useSearch();
  return <AssetPage kind="data" name={name} version={version} />;
}
