// `datastore delete`: forget a datastore; its files stay where they are.
import type { AddCommand } from "../command-entry.ts";
import { connect } from "../connect/connect.ts";
import type { Context } from "../context.ts";
import { defineCommand, withCommonOptions } from "../define-command.ts";
import type { CommonOptions } from "../define-command.ts";

interface DatastoreDeleteOptions extends CommonOptions {
  name: string;
}

export const addDatastoreDelete: AddCommand = (parent, context) => {
  const command = defineCommand(parent, "delete", {
    summary: "Forget a datastore; its files stay where they are",
    examples: ["trainyard datastore delete -n bucket -y"],
  })
    .requiredOption("-n, --name <name>", "its name")
    .option("-y, --yes", "accepted; nothing is asked here");
  withCommonOptions(command).action(async ({ name }: DatastoreDeleteOptions) => forget(name, context));
};

async function forget(name: string, context: Context): Promise<void> {
  using connection = await connect(context);
  await connection.client.deleteDatastore({ params: { datastore: name } });
  context.io.note(`${name} is forgotten. Its files are where they were.`);
}
