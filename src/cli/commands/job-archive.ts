// `job archive`: hide a finished job from lists.
import type { AddCommand } from "../command-entry.ts";
import { connect } from "../connect/connect.ts";
import type { Context } from "../context.ts";
import { defineCommand, withCommonOptions } from "../define-command.ts";
import type { CommonOptions } from "../define-command.ts";

interface JobArchiveOptions extends CommonOptions {
  name: string;
}

export const addJobArchive: AddCommand = (parent, context) => {
  const command = defineCommand(parent, "archive", {
    summary: "Hide a finished job from lists",
    examples: ["trainyard job archive -n $run_id"],
  }).requiredOption("-n, --name <name>", "the job's name");
  withCommonOptions(command).action((options: JobArchiveOptions) => archiveJob(options, context));
};

async function archiveJob(options: JobArchiveOptions, context: Context): Promise<void> {
  using connection = await connect(context);
  const job = await connection.client.archiveJob({ params: { run: options.name } });
  context.io.note(`${job.name} is archived.`);
}
