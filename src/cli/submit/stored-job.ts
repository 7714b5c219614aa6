// A job that was submitted before, taken from the server to be submitted again.
import { basename } from "node:path";
import { cwd } from "node:process";
import { asJobSpec, asWireSpec } from "../../api/job-spec.ts";
import type { Job } from "../../api/jobs.ts";
import type { JobSpec } from "../../core/job-spec.ts";
import { describeJob } from "../../spec/describe-job.ts";
import { renderProblems } from "../../spec/text/problem.ts";
import { readJobText } from "../../spec/read-job.ts";
import type { Connection } from "../connect/connect.ts";
import type { Context } from "../context.ts";
import { checkWithServer, uploadFiles, withGitProperties, withRunningOptions } from "./prepare-job.ts";
import type { RunningOptions } from "./prepare-job.ts";
import { createPatientClient } from "./patient-client.ts";
import { withResumeFrom } from "./resume-from.ts";

/** The property of a job that names the run it was made from. */
export const fromRunProperty = "trainyard.from_run";

export interface StoredJobChanges {
  /** In the words of the job's own dialect, as `job show` prints them. */
  set?: string[];
  name?: string;
  resumeFrom?: string[];
}

/** Without changes exactly what was stored, because words could say it less exactly. */
export function takeStoredJob(job: Job, { set = [], name }: StoredJobChanges, { io }: Context): JobSpec {
  const { name: _, ...stored } = asJobSpec(job.spec);
  const named = { ...stored, ...(name !== undefined && { name }) };
  const spec = set.length === 0 ? named : reread(named, job.name, set, (line) => io.note(line));
  return { ...spec, properties: { ...spec.properties, [fromRunProperty]: job.name } };
}

function reread(spec: JobSpec, run: string, set: string[], note: (line: string) => void): JobSpec {
  const text = JSON.stringify(describeJob(spec));
  const options = { set, defaultExperiment: basename(cwd()) };
  const { spec: changed, warnings } = readJobText(`job ${run}`, text, options);
  if (warnings.length > 0) note(`warning: ${renderProblems(warnings)}`);
  return changed;
}

export interface SubmitStoredOptions extends StoredJobChanges, RunningOptions {
  from: string;
  skipValidation?: true;
}

export async function submitStoredJob(
  options: SubmitStoredOptions,
  connecting: Promise<Connection>,
  context: Context,
): Promise<Job> {
  const { client } = await connecting;
  const stored = await client.getJob({ params: { run: options.from } });
  const spec = withResumeFrom(takeStoredJob(stored, options, context), options.resumeFrom);
  return submitSpec(withRunningOptions(spec, options), options, connecting, context);
}

/** Uploads what a --set took from this machine, if anything. */
export async function submitSpec(
  spec: JobSpec,
  options: Pick<SubmitStoredOptions, "from" | "skipValidation">,
  connecting: Promise<Connection>,
  context: Context,
): Promise<Job> {
  const { client } = await connecting;
  if (!options.skipValidation) await checkWithServer(spec, { file: `job ${options.from}` }, client);
  const patient = createPatientClient(() => connecting, context);
  const uploaded = await uploadFiles(spec, patient, context);
  const isOtherCode = spec.code?.kind === "local";
  const { properties } = isOtherCode ? await withGitProperties(spec, ".", context) : spec;
  return client.createJob({
    body: { spec: asWireSpec({ ...uploaded, properties }), createdBy: context.config.user.value },
  });
}
