// One model, with its versions.
import { createFileRoute } from "@tanstack/react-router";
import { versionsQuery } from "../../api/asset-queries.ts";
import { AssetPage, readAssetSearch } from "../../features/registry/asset-page.tsx";

export const Route = createFileRoute("/models/$name")({
  validateSearch: readAssetSearch,
  loader: ({ context, params }) => context.queries.ensureQueryData(versionsQuery("model", params.name)),
  component: Model,
});

function Model() {
  const { name } = Route.useParams();
  const { version } = Route.useSearch();
  return <AssetPage kind="model" name={name} version={version} />;
}
