// `job restore`: show an archived job in lists again.
import type { AddCommand } from "../command-entry.ts";
import { connect } from "../connect/connect.ts";
import type { Context } from "../context.ts";
import { defineCommand, withCommonOptions } from "../define-command.ts";
import type { CommonOptions } from "../define-command.ts";

interface JobRestoreOptions extends CommonOptions {
  name: string;
}

export const addJobRestore: AddCommand = (parent, context) => {
  const command = defineCommand(parent, "restore", {
    summary: "Show an archived job in lists again",
    examples: ["trainyard job restore -n $run_id"],
  }).requiredOption("-n, --name <name>", "the job's name");
  withCommonOptions(command).action((options: JobRestoreOptions) => restoreJob(options, context));
};

async function restoreJob(options: JobRestoreOptions, context: Context): Promise<void> {
  using connection = await connect(context);
  const job = await connection.client.restoreJob({ params: { run: options.name } });
  context.io.note(`${job.name} is restored.`);
}
