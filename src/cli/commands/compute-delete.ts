// `compute delete`: remove a compute that no job uses.
import type { AddCommand } from "../command-entry.ts";
import { connect } from "../connect/connect.ts";
import type { Context } from "../context.ts";
import { defineCommand, withCommonOptions } from "../define-command.ts";
import type { CommonOptions } from "../define-command.ts";

interface ComputeDeleteOptions extends CommonOptions {
  name: string;
}

export const addComputeDelete: AddCommand = (parent, context) => {
  const command = defineCommand(parent, "delete", {
    summary: "Delete a compute that no job uses",
    examples: ["trainyard compute delete -n cpu-cluster -y"],
  })
    .requiredOption("-n, --name <name>", "its name")
    .option("-y, --yes", "accepted; nothing is asked here")
    .option("--no-wait", "accepted; it is done at once");
  withCommonOptions(command).action((options: ComputeDeleteOptions) => deleteCompute(options, context));
};

async function deleteCompute(options: ComputeDeleteOptions, context: Context): Promise<void> {
  using connection = await connect(context);
  await connection.client.deleteCompute({ params: { compute: options.name } });
  context.io.note(`${options.name} is deleted.`);
}
