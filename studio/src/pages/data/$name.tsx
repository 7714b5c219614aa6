// One data asset, with its versions.
import { createFileRoute } from "@tanstack/react-router";
import { versionsQuery } from "../../api/asset-queries.ts";
import { AssetPage, readAssetSearch } from "../../features/registry/asset-page.tsx";

export const Route = createFileRoute("/data/$name")({
  validateSearch: readAssetSearch,
  loader: ({ context, params }) => context.queries.ensureQueryData(versionsQuery("data", params.name)),
  component: DataAsset,
});

function DataAsset() {
  const { name } = Route.useParams();
  const { version } = Route.useSearch();
  return <AssetPage kind="data" name={name} version={version} />;
}
