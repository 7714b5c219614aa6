// `job create`: check a job file (or take a job that ran before), upload its code, submit it, and follow it when asked.
import { Option } from "commander";
import type { Job } from "../../api/jobs.ts";
import type { AddCommand } from "../command-entry.ts";
import type { Context } from "../context.ts";
import { collect, defineCommand, parseCount, withCommonOptions } from "../define-command.ts";
import type { CommonOptions } from "../define-command.ts";
import { connect } from "../connect/connect.ts";
import type { Connection } from "../connect/connect.ts";
import { UsageError } from "../fail.ts";
import type { SubmitOptions } from "../submit/submit-job.ts";

interface JobCreateOptions extends CommonOptions, Omit<SubmitOptions, "file"> {
  file?: string;
  from?: string;
  stream?: true;
  web?: true;
  saveAs?: string;
}

export const addJobCreate: AddCommand = (parent, context) => {
  const command = defineCommand(parent, "create", {
    summary: "Submit a job",
    description:
      "Submits the job that a YAML file describes. The file is checked first: all its faults are listed at once and nothing is sent.\nPrints the job as JSON; with --stream its logs instead, until it ends.\nWith --from it submits a job that ran before once more, with the same code, environment and inputs; --set then takes the words that `job show` prints.",
    examples: [
      "trainyard job create -f job.yml --stream",
      "trainyard job create -f job.yml --set compute.target=local --set inputs.rate=0.1",
      "trainyard job create --from $run_id --set environment_variables.SEED=8",
      "trainyard job create -f sweep.yml --resume-from $earlier_sweep",
      "run_id=$(trainyard job create -f job.yml --query name -o tsv)",
    ],
  })
    .option("-f, --file <path>", "the job's YAML file")
    .option("--from <run>", "submit this job once more instead of a file")
    .option("-n, --name <name>", "name of the job, instead of the file's or a new one")
    .option("--set <path=value...>", "change the file's (or the job's) values before it is checked", collect)
    .option(
      "--retries <count>",
      "begin again so often when it fails, by the rule of docs/compute.md",
      parseCount,
    )
    .addOption(
      new Option("--priority <priority>", "who goes first on a cluster, in any dialect").choices([
        "low",
        "medium",
        "high",
      ]),
    )
    .option("--resume", "with --retries: a new attempt finds the outputs of those before it")
    .option(
      "--resume-from <sweep>",
      "a sweep learns from the trials of this earlier one; up to five times",
      collect,
    )
    .option("-s, --stream", "show the job's logs until it ends")
    .option("-e, --web", "open the job's page in a browser")
    .option("-a, --save-as <path>", "write the job, as the server has it, to a YAML file")
    .option("--skip-validation", "leave the server's checks to the moment of submitting");
  withCommonOptions(command).action((options: JobCreateOptions) => createJob(options, context));
};

async function submit(
  { file, from, ...options }: JobCreateOptions,
  connecting: Promise<Connection>,
  context: Context,
): Promise<Job> {
  if (file !== undefined) {
    const { submitJob } = await import("../submit/submit-job.ts");
    return submitJob({ ...options, file }, connecting, context);
  }
  const { submitStoredJob } = await import("../submit/stored-job.ts");
  return submitStoredJob({ ...options, from: from ?? "" }, connecting, context);
}

const missingFile = "neither -f, --file <path> nor --from <run> was given; a job needs one of them";

async function createJob(options: JobCreateOptions, context: Context): Promise<void> {
  if (options.file !== undefined && options.from !== undefined) {
    throw new UsageError("both --file and --from were given; a job is made from one of them");
  }
  if (options.file === undefined && options.from === undefined) {
    throw new UsageError(missingFile, "Add --help to see what it takes.");
  }
  // The server may have to start: it does so while this side reads the file and hashes the code.
  const connecting = connect(context);
  connecting.catch(() => {});
  const signal = context.interrupted();
  const job = await submit({ ...options, signal }, connecting, context).catch(async (error: unknown) => {
    if (!signal.aborted) throw error;
    await connecting.then((connection) => connection.close());
  });
  if (!job) {
    context.io.note(
      "Interrupted; no job was submitted. Run it again to go on: what has arrived is not sent twice.",
    );
    process.exitCode = 130;
    return;
  }
  using connection = await connecting;
  const print = async (latest: Job) => {
    const [{ documentOf }, { printResult }] = await Promise.all([
      import("../print/describe.ts"),
      import("../print/print-result.ts"),
    ]);
    await printResult(documentOf(latest, connection, options, context), options, context);
  };

  if (options.web) {
    const { openPage, pageOfRun } = await import("../open-page.ts");
    await openPage(pageOfRun(job.name), connection.client, context);
  }
  if (options.saveAs !== undefined) {
    const { saveDocument } = await import("../print/save-document.ts");
    const { documentOf } = await import("../print/describe.ts");
    await saveDocument(options.saveAs, documentOf(job, connection, options, context));
  }
  if (!options.stream) return print(job);

  const { failWithJob, streamJob, wantsDocument } = await import("../follow/stream-job.ts");
  const end = await streamJob(job, connection, options, context);
  if (wantsDocument(options)) await print(end.job);
  failWithJob(end);
}
