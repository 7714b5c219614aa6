// `job create`: check a job file, upload its code, submit it, and follow it when asked.
import type { AddCommand } from "../commands.ts";
import type { Context } from "../context.ts";
import { collect, defineCommand, withCommonOptions } from "../define-command.ts";
import type { CommonOptions } from "../define-command.ts";
import { connect } from "../connect/connect.ts";

interface JobCreateOptions extends CommonOptions {
  file: string;
  name?: string;
  set?: string[];
  stream?: true;
  web?: true;
  saveAs?: string;
  skipValidation?: true;
}

export const addJobCreate: AddCommand = (parent, context) => {
  const command = defineCommand(parent, "create", {
    summary: "Submit a job",
    description:
      "Submits the job that a YAML file describes. The file is checked first: all its faults are listed at once and nothing is sent.\nPrints the job as JSON; with --stream its logs instead, until it ends.",
    examples: [
      "trainyard job create -f job.yml --stream",
      "trainyard job create -f job.yml --set compute.target=local --set inputs.rate=0.1",
      "run_id=$(trainyard job create -f job.yml --query name -o tsv)",
    ],
  })
    .requiredOption("-f, --file <path>", "the job's YAML file")
    .option("-n, --name <name>", "name of the job, instead of the file's or a new one")
    .option("--set <path=value...>", "change the file's values before it is checked", collect)
    .option("-s, --stream", "show the job's logs until it ends")
    .option("-e, --web", "open the job's page in a browser")
    .option("-a, --save-as <path>", "write the job, as the server has it, to a YAML file")
    .option("--skip-validation", "leave the server's checks to the moment of submitting");
  withCommonOptions(command).action((options: JobCreateOptions) => createJob(options, context));
};

async function createJob(options: JobCreateOptions, context: Context): Promise<void> {
  // The server may have to start: it does so while this side reads the file and hashes the code.
  const connecting = connect(context);
  connecting.catch(() => {});
  const { checkWithServer, readJob, uploadFiles, withGitProperties } = await import("../submit/prepare-job.ts");
  const spec = await readJob(options, context);
  const client = async () => (await connecting).client;
  const check = async () => {
    if (!options.skipValidation) await checkWithServer(spec, options.file, await client());
  };
  const checking = check();
  // An upload waits for the check, so that a job that cannot run sends nothing.
  const checkedClient = async () => {
    await checking;
    return client();
  };
  const [uploaded, labeled] = await Promise.all([
    uploadFiles(spec, checkedClient, context),
    withGitProperties(spec, options.file, context),
    checking,
  ]);
  const { asWireSpec } = await import("../../api/job-spec.ts");
  const connection = await connecting;
  const job = await connection.client.createJob({
    body: {
      spec: asWireSpec({ ...uploaded, properties: labeled.properties }),
      createdBy: context.config.user.value,
    },
  });
  await afterCreation(job.name, { job, connection, options, context });
}

interface Created {
  job: Awaited<ReturnType<Awaited<ReturnType<typeof connect>>["client"]["createJob"]>>;
  connection: Awaited<ReturnType<typeof connect>>;
  options: JobCreateOptions;
  context: Context;
}

async function afterCreation(name: string, { job, connection, options, context }: Created): Promise<void> {
  try {
    if (options.web) {
      const { openPage } = await import("../open-page.ts");
      await openPage(name, connection.url, options, context);
    }
    if (options.saveAs !== undefined) {
      const { saveDocument } = await import("../print/save-document.ts");
      const { documentOf } = await import("../print/describe.ts");
      await saveDocument(options.saveAs, documentOf(job, connection, options, context));
    }
    if (!options.stream) return await print(job);

    const { failWithJob, streamJob, wantsDocument } = await import("../follow/stream-job.ts");
    const end = await streamJob(job, connection, options, context);
    if (wantsDocument(options)) await print(end.job);
    failWithJob(end);
  } finally {
    connection.close();
  }

  async function print(latest: typeof job): Promise<void> {
    const [{ documentOf }, { printResult }] = await Promise.all([
      import("../print/describe.ts"),
      import("../print/print-result.ts"),
    ]);
    await printResult(documentOf(latest, connection, options, context), options, context);
  }
}
