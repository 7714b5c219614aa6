// What the commands of datastores share: changing one, and printing one without its secrets.
import type { DatastoreBody } from "../../api/datastores.ts";
import type { Client } from "../../api/client.ts";
import { renderProblems } from "../../spec/text/problem.ts";
import type { ReadDatastore } from "../../spec/assets/read-datastore.ts";
import type { Connection } from "../connect/connect.ts";
import type { Context } from "../context.ts";
import type { CommonOptions } from "../define-command.ts";

export async function saveDatastore(
  { datastore, secrets, warnings }: ReadDatastore,
  client: Client,
  { io }: Context,
): Promise<DatastoreBody> {
  if (warnings.length > 0) io.note(`warning: ${renderProblems(warnings)}`);
  const { name, type, settings, isDefault, description, tags } = datastore;
  return client.saveDatastore({
    params: { datastore: name },
    body: {
      type,
      settings,
      ...(Object.keys(secrets).length > 0 && { secrets }),
      ...(isDefault !== undefined && { isDefault }),
      description,
      tags,
    },
  });
}

export async function printDatastores(
  shown: DatastoreBody | DatastoreBody[],
  connection: Connection,
  options: CommonOptions,
  context: Context,
  extras: Record<string, unknown> = {},
): Promise<void> {
  const [{ datastoreColumns, datastoreDocument }, { printResult }, { linksOf }] = await Promise.all([
    import("../print/datastore.ts"),
    import("../print/print-result.ts"),
    import("../print/studio-links.ts"),
  ]);
  const links = linksOf(connection.url, context, options);
  const documents = Array.isArray(shown)
    ? shown.map((datastore) => datastoreDocument(datastore, links))
    : datastoreDocument(shown, links, extras);
  await printResult(documents, options, context, datastoreColumns);
}
