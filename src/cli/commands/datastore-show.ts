// `datastore show`: one datastore; its secrets only when they are asked for.
import { printDatastores } from "../assets/datastore-options.ts";
import type { AddCommand } from "../command-entry.ts";
import { connect } from "../connect/connect.ts";
import type { Context } from "../context.ts";
import { defineCommand, withCommonOptions } from "../define-command.ts";
import type { CommonOptions } from "../define-command.ts";

interface DatastoreShowOptions extends CommonOptions {
  name: string;
  includeSecrets?: true;
}

export const addDatastoreShow: AddCommand = (parent, context) => {
  const command = defineCommand(parent, "show", {
    summary: "Show a datastore",
    description: "Shows a datastore, without its credentials.\nExits with 3 when there is none.",
    examples: [
      "trainyard datastore show -n workspaceblobstore",
      "trainyard datastore show -n bucket --include-secrets --query credentials",
    ],
  })
    .requiredOption("-n, --name <name>", "its name")
    .option("-i, --include-secrets", "print its credentials too");
  withCommonOptions(command).action((options: DatastoreShowOptions) => showDatastore(options, context));
};

async function showDatastore(options: DatastoreShowOptions, context: Context): Promise<void> {
  using connection = await connect(context);
  const params = { datastore: options.name };
  const datastore = await connection.client.getDatastore({ params });
  const secrets = options.includeSecrets
    ? (await connection.client.getDatastoreSecrets({ params })).secrets
    : undefined;
  await printDatastores(datastore, connection, options, context, { credentials: secrets });
}
