// `job list`: the newest jobs first.
import type { Client } from "../../api/client.ts";
import type { Job } from "../../api/jobs.ts";
import type { AddCommand } from "../command-entry.ts";
import { connect } from "../connect/connect.ts";
import type { Context } from "../context.ts";
import { defineCommand, parseFlag, parsePositive, withCommonOptions } from "../define-command.ts";
import type { CommonOptions } from "../define-command.ts";

interface JobListOptions extends CommonOptions {
  maxResults?: number;
  allResults?: boolean;
  parentJobName?: string;
  experimentName?: string;
  archivedOnly?: true;
  includeArchived?: true;
}

const usualResults = 50;
const pageSize = 200;

export const addJobList: AddCommand = (parent, context) => {
  const command = defineCommand(parent, "list", {
    summary: "List jobs, newest first",
    examples: [
      "trainyard job list -o table",
      'trainyard job list -r 5 --query "[].{Name:name, Jobstatus:status}" -o table',
      "trainyard job list --all-results true --query \"[?status=='Failed'].name\" -o tsv",
    ],
  })
    .option("-r, --max-results <count>", `at most so many (default: ${usualResults})`, parsePositive)
    .option("--all-results [boolean]", "all of them", parseFlag)
    .option("-p, --parent-job-name <name>", "only the children of this job")
    .option("--experiment-name <name>", "only of this experiment")
    .option("--archived-only", "only archived ones")
    .option("--include-archived", "archived ones too");
  withCommonOptions(command).action((options: JobListOptions) => listJobs(options, context));
};

async function listJobs(options: JobListOptions, context: Context): Promise<void> {
  const printing = Promise.all([
    import("../print/describe.ts"),
    import("../print/print-result.ts"),
    import("../print/job.ts"),
  ]);
  using connection = await connect(context);
  const wanted = options.allResults ? Infinity : (options.maxResults ?? usualResults);
  const { jobs, more } = await readJobs(connection.client, wanted, options);
  if (more && options.maxResults === undefined) {
    context.io.note(`note: these are the newest ${wanted}. For more: -r <count> or --all-results true`);
  }
  const [{ documentOf }, { printResult }, { jobColumns }] = await printing;
  const documents = jobs.map((job) => documentOf(job, connection, options, context));
  await printResult(documents, options, context, jobColumns);
}

async function readJobs(
  client: Client,
  wanted: number,
  options: JobListOptions,
): Promise<{ jobs: Job[]; more: boolean }> {
  const jobs: Job[] = [];
  let before: string | undefined;
  for (;;) {
    const page = await client.listJobs({
      query: {
        limit: Math.min(pageSize, wanted - jobs.length),
        before,
        parent: options.parentJobName,
        experiment: options.experimentName,
        archived: options.archivedOnly ? "only" : options.includeArchived ? "include" : "exclude",
      },
    });
    jobs.push(...page.jobs);
    if (page.next === null || jobs.length >= wanted) return { jobs, more: page.next !== null };
    before = page.next;
  }
}
