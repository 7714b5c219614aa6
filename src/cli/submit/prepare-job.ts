// From a file to a job spec that a server takes: read, checked by both sides, this machine's files uploaded.
import { randomInt } from "node:crypto";
import { basename, dirname, resolve } from "node:path";
import { cwd } from "node:process";
import type { Client } from "../../api/client.ts";
import { asWireSpec } from "../../api/job-spec.ts";
import type { JobSpec } from "../../core/job-spec.ts";
import { InvalidFile, renderProblems } from "../../spec/text/problem.ts";
import { readJobFile } from "../../spec/read-job.ts";
import { retryKeys } from "../../core/retry.ts";
import type { Context } from "../context.ts";
import { withResumeFrom } from "./resume-from.ts";
import { uploadLocalPaths } from "./upload-local.ts";
import type { PatientClient } from "./patient-client.ts";
import { codeLimits, dataLimits, uploadPath } from "./upload-path.ts";

export interface JobFileOptions {
  file: string;
  name?: string;
  set?: string[];
  resumeFrom?: string[];
}

export interface RunningOptions {
  retries?: number;
  resume?: true;
  priority?: string;
}

/** Not every dialect has keys for these. */
export const withRunningOptions = (
  spec: JobSpec,
  { retries, resume, priority }: RunningOptions,
): JobSpec => ({
  ...spec,
  properties: {
    ...spec.properties,
    ...(retries !== undefined && { [retryKeys.maxRetries]: String(retries) }),
    ...(resume && { [retryKeys.resume]: "true" }),
  },
  ...(priority !== undefined && { queueSettings: { ...spec.queueSettings, priority } }),
});

/** Throws InvalidFile with everything that is wrong. Warnings go to stderr. */
export async function readJob(options: JobFileOptions, { io }: Context): Promise<JobSpec> {
  const { spec, warnings } = await readJobFile(options.file, {
    set: options.set,
    name: options.name,
    defaultExperiment: basename(cwd()),
    newSeed: randomInt(2 ** 31),
  });
  if (warnings.length > 0) io.note(`warning: ${renderProblems(warnings)}`);
  return withResumeFrom(spec, options.resumeFrom);
}

/** What only the server knows, such as which computes there are. Nothing has been uploaded yet. */
export async function checkWithServer(
  spec: JobSpec,
  { file, name, set }: JobFileOptions,
  client: Client,
): Promise<void> {
  const { problems } = await client.validateJob({ body: { spec: asWireSpec(withoutLocalPaths(spec)) } });
  if (problems.length === 0) return;
  const { locateProblem } = await import("../../spec/text/locate.ts");
  throw new InvalidFile(problems.map((problem) => locateProblem(file, { name, set }, problem)));
}

function withoutLocalPaths({ code, ...spec }: JobSpec): JobSpec {
  const inputs = Object.entries(spec.inputs).filter(
    ([, input]) => input.kind !== "data" || input.source.kind !== "local",
  );
  const { build, ...environment } = spec.environment;
  const { context, ...rest } = build ?? { dockerfile: "" };
  return {
    ...spec,
    ...(code && code.kind !== "local" && { code }),
    inputs: Object.fromEntries(inputs),
    environment: build
      ? { ...environment, build: { ...rest, ...(context?.kind === "snapshot" && { context }) } }
      : environment,
  };
}

/** Uploads what the server has not got, with a progress bar when that takes a while. */
export const uploadFiles = (
  spec: JobSpec,
  client: PatientClient,
  context: Context,
  signal?: AbortSignal,
): Promise<JobSpec> => {
  const way = { client, early: true, ...(signal && { signal }) };
  return uploadLocalPaths(spec, {
    code: ({ path }) => uploadPath(path, { ...way, limits: codeLimits(context) }, context),
    data: ({ path }) => uploadPath(path, { ...way, limits: dataLimits }, context),
  });
};

/** What git knows of the code; of the job file's folder when there is no code. */
export async function withGitProperties(spec: JobSpec, file: string, { config }: Context): Promise<JobSpec> {
  const { gitProperties } = await import("../../snapshot/git-properties.ts");
  const folder = spec.code?.kind === "local" ? spec.code.path : dirname(resolve(file));
  const properties = await gitProperties(folder, { variables: config.gitVariables });
  return { ...spec, properties: { ...properties, ...spec.properties } };
}
