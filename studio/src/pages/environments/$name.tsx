// One environment, with its versions.
import { createFileRoute } from "@tanstack/react-router";
import { versionsQuery } from "../../api/asset-queries.ts";
import { AssetPage, readAssetSearch } from "../../features/registry/asset-page.tsx";

export const Route = createFileRoute("/environments/$name")({
  validateSearch: readAssetSearch,
  loader: ({ context, params }) => context.queries.ensureQueryData(versionsQuery("environment", params.name)),
  component: Environment,
});

function Environment() {
  const { name } = Route.useParams();
  const { version } = Route.useSearch();
  return <AssetPage kind="environment" name={name} version={version} />;
}
