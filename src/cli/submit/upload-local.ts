// Turns the folders and files on this machine that a job refers to into snapshots on the server.
import type { JobSpec, LocalPath, SnapshotRef } from "../../core/job-spec.ts";

export type Upload = (path: LocalPath) => Promise<SnapshotRef>;

/** The same job with every local path replaced. Paths that occur twice travel once. */
export async function uploadLocalPaths(spec: JobSpec, upload: Upload): Promise<JobSpec> {
  const known = new Map<string, Promise<SnapshotRef>>();
  const once: Upload = (path) => {
    const begun = known.get(path.path) ?? upload(path);
    known.set(path.path, begun);
    return begun;
  };
  const result: JobSpec = { ...spec, inputs: { ...spec.inputs } };
  if (spec.code?.kind === "local") result.code = await once(spec.code);
  for (const [name, input] of Object.entries(spec.inputs)) {
    if (input.kind === "data" && input.source.kind === "local") {
      result.inputs[name] = { ...input, source: await once(input.source) };
    }
  }
  const context = spec.environment.build?.context;
  if (spec.environment.build && context?.kind === "local") {
    result.environment = {
      ...spec.environment,
      build: { ...spec.environment.build, context: await once(context) },
    };
  }
  return result;
}
