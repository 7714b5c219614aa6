// `datastore update`: change a datastore's settings, credentials or labels.
import { printDatastores, saveDatastore } from "../assets/datastore-options.ts";
import type { AddCommand } from "../command-entry.ts";
import { connect } from "../connect/connect.ts";
import type { Context } from "../context.ts";
import { collect, defineCommand, withCommonOptions } from "../define-command.ts";
import type { CommonOptions } from "../define-command.ts";
import { UsageError } from "../fail.ts";

interface DatastoreUpdateOptions extends CommonOptions {
  name: string;
  file?: string;
  set?: string[];
  default?: true;
}

export const addDatastoreUpdate: AddCommand = (parent, context) => {
  const command = defineCommand(parent, "update", {
    summary: "Change a datastore",
    description: "Changes a datastore. Credentials that are not given stay as they are.",
    examples: [
      "trainyard datastore update -n share --set path=/mnt/new description='the new disk'",
      "trainyard datastore update -n bucket -f bucket.yml",
      "trainyard datastore update -n share --default",
    ],
  })
    .requiredOption("-n, --name <name>", "its name")
    .option("-f, --file <path>", "a YAML file that describes it anew")
    .option("--set <path=value...>", "such as path=/mnt/new, tags.owner=me", collect)
    .option("--default", "make it the one that is used where no other is named");
  withCommonOptions(command).action((options: DatastoreUpdateOptions) => updateDatastore(options, context));
};

async function updateDatastore(options: DatastoreUpdateOptions, context: Context): Promise<void> {
  const { name, file, default: isDefault } = options;
  const set = [...(options.set ?? []), ...(isDefault ? ["is_default=true"] : [])];
  if (file === undefined && set.length === 0) {
    throw new UsageError("nothing to change was given", "For example: --set description=…");
  }
  const [{ readDatastoreFile, readDatastoreText }, { describeDatastore }, { stringify }] = await Promise.all([
    import("../../spec/assets/read-datastore.ts"),
    import("../../spec/assets/describe-datastore.ts"),
    import("yaml"),
  ]);
  using connection = await connect(context);
  const { client } = connection;
  const present = await client.getDatastore({ params: { datastore: name } });
  const read =
    file === undefined
      ? await readDatastoreText(stringify(describeDatastore(present)), { set, name })
      : await readDatastoreFile(file, { set, name });
  await printDatastores(await saveDatastore(read, client, context), connection, options, context);
}
