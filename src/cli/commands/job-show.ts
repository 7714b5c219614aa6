// `job show`: everything about one job.
import type { AddCommand } from "../command-entry.ts";
import { connect } from "../connect/connect.ts";
import type { Context } from "../context.ts";
import { defineCommand, withCommonOptions } from "../define-command.ts";
import type { CommonOptions } from "../define-command.ts";

interface JobShowOptions extends CommonOptions {
  name: string;
  web?: true;
  includeLogs?: true;
}

export const addJobShow: AddCommand = (parent, context) => {
  const command = defineCommand(parent, "show", {
    summary: "Show a job",
    description:
      "Shows a job: its file's values, its status and why, how long each phase took, and the last value of each metric.\nExits with 3 when there is no such job.",
    examples: [
      "trainyard job show -n $run_id",
      "status=$(trainyard job show -n $run_id --query status -o tsv)",
      "trainyard job show -n $run_id --query metrics",
    ],
  })
    .requiredOption("-n, --name <name>", "the job's name")
    .option("-e, --web", "open the job's page in a browser")
    .option("-l, --include-logs", "add `log_files`: the address of each log");
  withCommonOptions(command).action((options: JobShowOptions) => showJob(options, context));
};

async function showJob(options: JobShowOptions, context: Context): Promise<void> {
  const printing = Promise.all([
    import("../print/describe.ts"),
    import("../print/print-result.ts"),
    import("../print/job.ts"),
  ]);
  using connection = await connect(context);
  const { client, url } = connection;
  const params = { run: options.name };
  const [job, run, logs] = await Promise.all([
    client.getJob({ params }),
    client.getRun({ params }),
    options.includeLogs ? client.listArtifacts({ params }) : undefined,
  ]);
  if (options.web) {
    const { openPage, pageOfRun } = await import("../open-page.ts");
    await openPage(pageOfRun(job.name), client, context);
  }
  const metrics = run.metrics.map(({ name, last, count }) => [name, last ?? `${count} logged`] as const);
  const logFiles = logs?.artifacts
    .filter(({ path }) => /^(azureml-logs|user_logs|system_logs|logs)\//.test(path))
    .map(({ path }) => {
      const query = new URLSearchParams({ path });
      return [
        path,
        `${url}/api/v1/runs/${encodeURIComponent(job.name)}/artifacts/content?${query.toString()}`,
      ] as const;
    });
  const [{ documentOf }, { printResult }, { jobColumns }] = await printing;
  const document = documentOf(job, connection, options, context, {
    ...(metrics.length > 0 && { metrics: Object.fromEntries(metrics) }),
    ...(logFiles && { logFiles: Object.fromEntries(logFiles) }),
  });
  await printResult(document, options, context, jobColumns);
}
