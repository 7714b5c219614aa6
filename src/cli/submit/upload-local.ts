// Turns the folders and files on this machine that a job refers to into snapshots on the server.
import type { Environment, JobSpec, LocalPath, SnapshotRef } from "../../core/job-spec.ts";

export type Upload = (path: LocalPath) => Promise<SnapshotRef>;

/** Code is meant to be small, and a limit finds what slipped in; data is as big as it is. */
export interface Uploads {
  code: Upload;
  data: Upload;
}

/** The same job with every local path replaced. Paths that occur twice travel once. */
export async function uploadLocalPaths(spec: JobSpec, uploads: Uploads): Promise<JobSpec> {
  const known = new Map<string, Promise<SnapshotRef>>();
  const once =
    (upload: Upload): Upload =>
    (path) => {
      const begun = known.get(path.path) ?? upload(path);
      known.set(path.path, begun);
      return begun;
    };
  const [uploadCode, uploadData] = [once(uploads.code), once(uploads.data)];
  const result: JobSpec = { ...spec, inputs: { ...spec.inputs } };
  if (spec.code?.kind === "local") result.code = await uploadCode(spec.code);
  for (const [name, input] of Object.entries(spec.inputs)) {
    if (input.kind === "data" && input.source.kind === "local") {
      result.inputs[name] = { ...input, source: await uploadData(input.source) };
    }
  }
  result.environment = await uploadBuildContext(spec.environment, uploadCode);
  return result;
}

export async function uploadBuildContext(environment: Environment, upload: Upload): Promise<Environment> {
  const { build } = environment;
  if (build?.context?.kind !== "local") return environment;
  return { ...environment, build: { ...build, context: await upload(build.context) } };
}
