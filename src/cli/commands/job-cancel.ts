// `job cancel`: ask a job to stop.
import { isFinal } from "../../core/job.ts";
import type { AddCommand } from "../command-entry.ts";
import { connect } from "../connect/connect.ts";
import type { Context } from "../context.ts";
import { defineCommand, withCommonOptions } from "../define-command.ts";
import type { CommonOptions } from "../define-command.ts";

interface JobCancelOptions extends CommonOptions {
  name: string;
}

export const addJobCancel: AddCommand = (parent, context) => {
  const command = defineCommand(parent, "cancel", {
    summary: "Ask a job to stop",
    description:
      "Asks a job to stop: its processes get TERM, a moment to save their work, then KILL. Returns at once and prints nothing on stdout. On a finished job it changes nothing.",
    examples: ["trainyard job cancel -n $run_id"],
  }).requiredOption("-n, --name <name>", "the job's name");
  withCommonOptions(command).action((options: JobCancelOptions) => cancelJob(options, context));
};

async function cancelJob(options: JobCancelOptions, context: Context): Promise<void> {
  using connection = await connect(context);
  const job = await connection.client.cancelJob({ params: { run: options.name } });
  context.io.note(
    isFinal(job.state) && job.state !== "Canceled"
      ? `Nothing to cancel: ${job.name} is ${job.state}.`
      : `${job.name} is ${job.state}.`,
  );
}
