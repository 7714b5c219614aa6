// `datastore create`: a named place for files, with the secrets that open it.
import { printDatastores, saveDatastore } from "../assets/datastore-options.ts";
import type { AddCommand } from "../command-entry.ts";
import { connect } from "../connect/connect.ts";
import type { Context } from "../context.ts";
import { collect, defineCommand, withCommonOptions } from "../define-command.ts";
import type { CommonOptions } from "../define-command.ts";

interface DatastoreCreateOptions extends CommonOptions {
  file: string;
  name?: string;
  set?: string[];
}

export const addDatastoreCreate: AddCommand = (parent, context) => {
  const command = defineCommand(parent, "create", {
    summary: "Create a datastore, or change one that exists",
    description:
      "Creates a datastore: a folder or network share (local_folder, nfs), Azure Blob (azure_blob) or S3 (s3). Its credentials are sealed on the server and shown to nobody who does not ask for them.\nWrite credentials into the file rather than on the command line, where other users of the machine can see them.",
    examples: [
      "trainyard datastore create -f share.yml",
      "trainyard datastore create -f bucket.yml --set bucket=other -n other",
    ],
  })
    .requiredOption("-f, --file <path>", "the YAML file that describes it")
    .option("-n, --name <name>", "its name, instead of the file's")
    .option("--set <path=value...>", "change the file's values before it is checked", collect);
  withCommonOptions(command).action((options: DatastoreCreateOptions) => createDatastore(options, context));
};

async function createDatastore(options: DatastoreCreateOptions, context: Context): Promise<void> {
  const connecting = connect(context);
  connecting.catch(() => {});
  const { readDatastoreFile } = await import("../../spec/assets/read-datastore.ts");
  const read = await readDatastoreFile(options.file, { set: options.set, name: options.name });
  using connection = await connecting;
  const datastore = await saveDatastore(read, connection.client, context);
  await printDatastores(datastore, connection, options, context);
}
