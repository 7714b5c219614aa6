// A datastore as the CLI prints it. Its secrets are in it only when they were asked for.
import type { DatastoreBody } from "../../api/datastores.ts";
import { describeDatastore } from "../../spec/assets/describe-datastore.ts";
import { isoTime, sorted } from "./job.ts";
import type { Links } from "./studio-links.ts";
import type { TableColumns } from "./table.ts";

export const datastoreDocument = (
  datastore: DatastoreBody,
  links: Links,
  extras: Record<string, unknown> = {},
): Record<string, unknown> =>
  sorted({
    ...describeDatastore(datastore),
    id: `${links.workspaceId}/datastores/${datastore.name}`,
    creation_context: { created_at: isoTime(datastore.createdAt) },
    resourceGroup: links.resourceGroup,
    ...extras,
  });

export const datastoreColumns: TableColumns = [
  { title: "Name", of: (datastore) => datastore["name"] },
  { title: "Type", of: (datastore) => datastore["type"] },
  { title: "Default", of: (datastore) => (datastore["is_default"] === true ? "yes" : "") },
  {
    title: "Where",
    of: ({ path, bucket, container_name: container, file_share_name: share, account_name: account }) => {
      if (path !== undefined || bucket !== undefined) return path ?? bucket;
      const inside = [container ?? share].filter((part) => part !== undefined);
      return [account, ...inside].map(String).join("/");
    },
  },
  {
    title: "Credentials",
    of: ({ credential_names: names }) => (Array.isArray(names) ? names.join(", ") : ""),
  },
  { title: "Description", of: (datastore) => datastore["description"] },
];
