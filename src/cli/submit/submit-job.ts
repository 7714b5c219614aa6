// From a job file to a job on the server. What can go on at the same time does.
import { asWireSpec } from "../../api/job-spec.ts";
import type { Job } from "../../api/jobs.ts";
import type { Connection } from "../connect/connect.ts";
import type { Context } from "../context.ts";
import {
  checkWithServer,
  readJob,
  uploadFiles,
  withGitProperties,
  withRunningOptions,
} from "./prepare-job.ts";
import type { JobFileOptions, RunningOptions } from "./prepare-job.ts";
import { createPatientClient } from "./patient-client.ts";

export interface SubmitOptions extends JobFileOptions, RunningOptions {
  skipValidation?: true;
  /** Ends the upload. */
  signal?: AbortSignal;
}

/** Throws InvalidFile before anything is sent when the file is at fault. */
export async function submitJob(
  options: SubmitOptions,
  connecting: Promise<Connection>,
  context: Context,
): Promise<Job> {
  const spec = withRunningOptions(await readJob(options, context), options);
  const checking = options.skipValidation
    ? Promise.resolve()
    : connecting.then(({ client }) => checkWithServer(spec, options, client));
  // An upload waits for the check, so that a job that cannot run sends nothing.
  const checked = async () => {
    await checking;
    return connecting;
  };
  const patient = createPatientClient(checked, context, options.signal);
  const [uploaded, labeled] = await Promise.all([
    uploadFiles(spec, patient, context, options.signal),
    withGitProperties(spec, options.file, context),
    checking,
  ]);
  options.signal?.throwIfAborted();
  const client = await patient.latest();
  return client.createJob({
    body: {
      spec: asWireSpec({ ...uploaded, properties: labeled.properties }),
      createdBy: context.config.user.value,
    },
  });
}
