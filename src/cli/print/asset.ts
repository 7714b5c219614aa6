// An asset as the CLI prints it: the words of its YAML, plus what the server knows about it.
import type { AssetBody } from "../../api/assets.ts";
import { asAssetContent } from "../../api/assets.ts";
import type { AssetKind } from "../../core/asset.ts";
import { describeAsset } from "../../spec/assets/describe-asset.ts";
import { isoTime, sorted } from "./job.ts";
import type { Links } from "./studio-links.ts";
import type { TableColumns } from "./table.ts";

export function assetDocument(
  asset: AssetBody,
  links: Links,
  extras: Record<string, unknown> = {},
): Record<string, unknown> {
  const described = describeAsset({ ...asset, content: asAssetContent(asset.content) });
  return sorted({
    properties: {},
    ...described,
    id: `azureml:${asset.name}:${asset.version}`,
    labels: asset.labels,
    archived: asset.archived || undefined,
    job_name: asset.run ?? undefined,
    creation_context: {
      created_at: isoTime(asset.createdAt),
      created_by: asset.createdBy,
      created_by_type: "User",
    },
    resourceGroup: links.resourceGroup,
    ...extras,
  });
}

type Row = Readonly<Record<string, unknown>>;

const name = { title: "Name", of: (asset: Row) => asset["name"] };
const version = { title: "Version", of: (asset: Row) => asset["version"] };
const type = { title: "Type", of: (asset: Row) => asset["type"] };
const labels = { title: "Labels", of: (asset: Row) => joined(asset["labels"]) };
const created = {
  title: "Created",
  of: ({ creation_context: made }: Row) =>
    isMap(made) && typeof made["created_at"] === "string"
      ? made["created_at"].slice(0, 19).replace("T", " ")
      : undefined,
};
const job = { title: "Job", of: (asset: Row) => asset["job_name"] };
const description = { title: "Description", of: (asset: Row) => asset["description"] };

export const assetColumns: Record<AssetKind, TableColumns> = {
  data: [name, version, type, labels, created, job, description],
  environment: [
    name,
    version,
    { title: "Image", of: (asset) => (isMap(asset["build"]) ? "(built)" : asset["image"]) },
    { title: "Conda", of: (asset) => (isMap(asset["conda_file"]) ? "yes" : "") },
    labels,
    created,
    description,
  ],
  model: [
    name,
    version,
    type,
    { title: "Stage", of: (asset) => asset["stage"] },
    labels,
    created,
    job,
    description,
  ],
  code: [name, version, created],
};

const joined = (list: unknown): string => (Array.isArray(list) ? list.join(", ") : "");

const isMap = (value: unknown): value is Row =>
  typeof value === "object" && value !== null && !Array.isArray(value);
