// `job update`: change what may change of a job, which is its labels.
import type { AddCommand } from "../command-entry.ts";
import { connect } from "../connect/connect.ts";
import type { Context } from "../context.ts";
import { collect, defineCommand, withCommonOptions } from "../define-command.ts";
import type { CommonOptions } from "../define-command.ts";

interface JobUpdateOptions extends CommonOptions {
  name: string;
  set?: string[];
  add?: string[];
  remove?: string[];
  web?: true;
}

export const addJobUpdate: AddCommand = (parent, context) => {
  const command = defineCommand(parent, "update", {
    summary: "Change a job's tags, name for people or description; add properties",
    examples: [
      "trainyard job update -n $run_id --set tags.stage=keep description='the good one'",
      "trainyard job update -n $run_id --add properties reviewed=yes --remove tags.stage",
    ],
  })
    .requiredOption("-n, --name <name>", "the job's name")
    .option("--set <path=value...>", "such as tags.stage=keep, display_name=…, description=…", collect)
    .option("--add <words...>", "such as: tags stage=keep", collect)
    .option("--remove <path...>", "such as tags.stage", collect)
    .option("--force-string", "take values as text (they always are)")
    .option("-e, --web", "open the job's page in a browser");
  withCommonOptions(command).action((options: JobUpdateOptions) => updateJob(options, context));
};

async function updateJob(options: JobUpdateOptions, context: Context): Promise<void> {
  const { readLabelChanges, withoutOtherTags } = await import("../submit/label-changes.ts");
  const changes = readLabelChanges(options);
  using connection = await connect(context);
  const params = { run: options.name };
  const given = changes.body;
  const body = changes.replaceTags
    ? withoutOtherTags(given, (await connection.client.getJob({ params })).tags)
    : given;
  const job = await connection.client.updateJob({ params, body });
  if (options.web) {
    const { openPage, pageOfRun } = await import("../open-page.ts");
    await openPage(pageOfRun(job.name), connection.client, context);
  }
  const { documentOf } = await import("../print/describe.ts");
  const { printResult } = await import("../print/print-result.ts");
  await printResult(documentOf(job, connection, options, context), options, context);
}
