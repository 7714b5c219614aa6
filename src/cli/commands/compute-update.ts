// `compute update`: change a compute's settings.
import type { AddCommand } from "../command-entry.ts";
import { printCompute, settingsOf, withSettings } from "../compute-options.ts";
import type { ComputeSettings } from "../compute-options.ts";
import { connect } from "../connect/connect.ts";
import type { Context } from "../context.ts";
import { defineCommand, withCommonOptions } from "../define-command.ts";
import type { CommonOptions } from "../define-command.ts";
import { UsageError } from "../fail.ts";

interface ComputeUpdateOptions extends CommonOptions, ComputeSettings {
  name: string;
}

export const addComputeUpdate: AddCommand = (parent, context) => {
  const command = defineCommand(parent, "update", {
    summary: "Change a compute's settings",
    examples: ["trainyard compute update -n cpu-cluster --max-instances 8"],
  }).requiredOption("-n, --name <name>", "its name");
  withCommonOptions(withSettings(command)).action((options: ComputeUpdateOptions) =>
    updateCompute(options, context),
  );
};

async function updateCompute(options: ComputeUpdateOptions, context: Context): Promise<void> {
  const body = settingsOf(options);
  if (Object.keys(body).length === 0) {
    throw new UsageError("nothing to change was given", "For example: --max-instances 8");
  }
  using connection = await connect(context);
  const compute = await connection.client.updateCompute({ params: { compute: options.name }, body });
  await printCompute(compute, connection, options, context);
}
