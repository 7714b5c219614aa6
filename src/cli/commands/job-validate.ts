// `job validate`: everything that `job create` would check, without submitting.
import type { AddCommand } from "../command-entry.ts";
import { connect } from "../connect/connect.ts";
import type { Context } from "../context.ts";
import { collect, defineCommand, withCommonOptions } from "../define-command.ts";
import type { CommonOptions } from "../define-command.ts";

interface JobValidateOptions extends CommonOptions {
  file: string;
  set?: string[];
}

export const addJobValidate: AddCommand = (parent, context) => {
  const command = defineCommand(parent, "validate", {
    summary: "Check a job file without submitting it",
    description: "Lists everything that is wrong with a job file, with line and column. Uploads nothing.",
    examples: ["trainyard job validate -f job.yml"],
  })
    .requiredOption("-f, --file <path>", "the job's YAML file")
    .option("--set <path=value...>", "change the file's values before it is checked", collect);
  withCommonOptions(command).action((options: JobValidateOptions) => validateJob(options, context));
};

async function validateJob(options: JobValidateOptions, context: Context): Promise<void> {
  const connecting = connect(context);
  connecting.catch(() => {});
  const { checkWithServer, readJob } = await import("../submit/prepare-job.ts");
  const spec = await readJob(options, context);
  using connection = await connecting;
  await checkWithServer(spec, options, connection.client);
  const { printResult } = await import("../print/print-result.ts");
  await printResult({ result: "Succeeded" }, options, context);
}
