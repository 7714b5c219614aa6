// `datastore list`: the named places for files.
import { printDatastores } from "../assets/datastore-options.ts";
import type { AddCommand } from "../command-entry.ts";
import { connect } from "../connect/connect.ts";
import type { Context } from "../context.ts";
import { defineCommand, parseFlag, parsePositive, withCommonOptions } from "../define-command.ts";
import type { CommonOptions } from "../define-command.ts";

interface DatastoreListOptions extends CommonOptions {
  maxResults?: number;
}

export const addDatastoreList: AddCommand = (parent, context) => {
  const command = defineCommand(parent, "list", {
    summary: "List datastores",
    examples: ["trainyard datastore list -o table"],
  })
    .option("-r, --max-results <count>", "at most so many", parsePositive)
    .option("--all-results [boolean]", "all of them, as is the default", parseFlag);
  withCommonOptions(command).action((options: DatastoreListOptions) => listDatastores(options, context));
};

async function listDatastores(options: DatastoreListOptions, context: Context): Promise<void> {
  using connection = await connect(context);
  const { datastores } = await connection.client.listDatastores({});
  await printDatastores(datastores.slice(0, options.maxResults), connection, options, context);
}
