// `compute show`: one compute, its nodes and who waits for them.
import type { AddCommand } from "../command-entry.ts";
import { printCompute } from "../compute-options.ts";
import { connect } from "../connect/connect.ts";
import type { Context } from "../context.ts";
import { defineCommand, withCommonOptions } from "../define-command.ts";
import type { CommonOptions } from "../define-command.ts";

interface ComputeShowOptions extends CommonOptions {
  name: string;
}

export const addComputeShow: AddCommand = (parent, context) => {
  const command = defineCommand(parent, "show", {
    summary: "Show a compute, its nodes and the jobs that wait for them",
    description:
      "Shows a compute, its nodes and the jobs that wait for them.\nExits with 3 when there is no such compute.",
    examples: ["trainyard compute show -n cpu-cluster", "trainyard compute show -n local --query waiting"],
  }).requiredOption("-n, --name <name>", "its name");
  withCommonOptions(command).action((options: ComputeShowOptions) => showCompute(options, context));
};

async function showCompute(options: ComputeShowOptions, context: Context): Promise<void> {
  using connection = await connect(context);
  const compute = await connection.client.getCompute({ params: { compute: options.name } });
  await printCompute(compute, connection, options, context);
}
