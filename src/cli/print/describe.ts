// Jobs from the server → the documents that commands print.
import type { Job } from "../../api/jobs.ts";
import { asJobSpec } from "../../api/job-spec.ts";
import { describeJob } from "../../spec/describe-job.ts";
import type { Connection } from "../connect/connect.ts";
import type { Context } from "../context.ts";
import type { CommonOptions } from "../define-command.ts";
import { jobDocument } from "./job.ts";
import type { JobExtras } from "./job.ts";
import { linksOf } from "./studio-links.ts";

export function documentOf(
  job: Job,
  connection: Connection,
  options: CommonOptions,
  context: Context,
  extras: Partial<Pick<JobExtras, "metrics" | "logFiles">> = {},
): Record<string, unknown> {
  return jobDocument(job, {
    described: describeJob(asJobSpec(job.spec)),
    links: linksOf(connection.url, context, options),
    now: context.clock.now(),
    ...extras,
  });
}
