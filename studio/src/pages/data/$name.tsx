// One data asset, with its versions.
import { createFileRoute } from "@tanstack/react-router";
import { AssetPage, readAssetSearch } from "../../features/registry/asset-page.tsx";

export const Route = createFileRoute("/data/$name")({
  validateSearch: readAssetSearch,
  component: DataAsset,
});

function DataAsset() {
  const { name } = Route.useParams();
  const { version } = Route.useSearch();
  return <AssetPage kind="data" name={name} version={version} />;
}
