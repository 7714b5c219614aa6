// `job stream`: a job's logs as they grow, to its end.
import type { AddCommand } from "../command-entry.ts";
import { connect } from "../connect/connect.ts";
import type { Context } from "../context.ts";
import { defineCommand, withCommonOptions } from "../define-command.ts";
import type { CommonOptions } from "../define-command.ts";

interface JobStreamOptions extends CommonOptions {
  name: string;
}

export const addJobStream: AddCommand = (parent, context) => {
  const command = defineCommand(parent, "stream", {
    summary: "Show a job's logs until it ends",
    description:
      "Shows a job's logs on stdout as they are written, and its phases on stderr. Ctrl-C leaves the job running. A finished job's logs are shown whole.\nExits with 1 and the job's error when the job failed.",
    examples: ["trainyard job stream -n $run_id", "trainyard job stream -n $run_id > train.log"],
  }).requiredOption("-n, --name <name>", "the job's name");
  withCommonOptions(command).action((options: JobStreamOptions) => streamOne(options, context));
};

async function streamOne(options: JobStreamOptions, context: Context): Promise<void> {
  const following = import("../follow/stream-job.ts");
  using connection = await connect(context);
  const job = await connection.client.getJob({ params: { run: options.name } });
  const { failWithJob, streamJob, wantsDocument } = await following;
  const end = await streamJob(job, connection, options, context);
  if (wantsDocument(options)) {
    const { documentOf } = await import("../print/describe.ts");
    const { printResult } = await import("../print/print-result.ts");
    await printResult(documentOf(end.job, connection, options, context), options, context);
  }
  failWithJob(end);
}
