// What only this workspace can say about a job: are its compute, its environment, its code and its data here?
import { isAssetName, isAssetVersion } from "../../core/asset.ts";
import type { JobSpec } from "../../core/job-spec.ts";
import type { RunAsset } from "../../store/run-assets.ts";
import { useSnapshot } from "../../store/snapshots.ts";
import type { Db } from "../../store/store.ts";
import { checkCompute } from "./check-compute.ts";
import { datastorePlaces } from "./datastores-of-job.ts";
import { usableDatastore } from "../assets/find-datastore.ts";
import { checkSweep } from "./check-sweep.ts";
import type { ServerContext } from "../context.ts";
import { orProblem } from "./job-problem.ts";
import type { JobProblem } from "./job-problem.ts";
import { resolveCode, resolveEnvironment, resolveInputs } from "../assets/resolve-job.ts";
import type { Resolution } from "../assets/resolve-job.ts";
import type { SnapshotContext } from "../files/run-snapshot.ts";

export interface CheckedJob {
  /** With its references resolved. */
  spec: JobSpec;
  /** The registered versions it uses. */
  assets: RunAsset[];
  /** Every fault at once. */
  problems: JobProblem[];
}

/** `afterUpload` also wants every snapshot to be stored, and freezes what it takes from other runs. */
export async function checkJob(
  context: SnapshotContext & Pick<ServerContext, "machine" | "sizes">,
  given: JobSpec,
  afterUpload: boolean,
): Promise<CheckedJob> {
  const { db } = context.store;
  const problems = await checkCompute(context, given);
  const resolution: Resolution = { context, keeps: afterUpload, problems, assets: [] };
  const code = await resolveCode(resolution, given.code);
  const inputs = await resolveInputs(resolution, given.inputs);
  const spec = { ...given, ...(code && { code }), inputs };
  problems.push(
    ...(await checkDatastores(db, spec)),
    ...checkAddresses(spec),
    ...checkOutputs(spec),
    ...(await checkSweep(db, spec)),
  );
  const resolved = { ...spec, environment: await resolveEnvironment(resolution, given.environment) };
  if (afterUpload) problems.push(...(await checkSnapshots(context, resolved)));
  return { spec: resolved, assets: resolution.assets, problems };
}

async function checkDatastores(db: Db, spec: JobSpec): Promise<JobProblem[]> {
  const problems: JobProblem[] = [];
  for (const [path, name] of datastorePlaces(spec)) {
    // Code from a datastore has been refused already.
    if (path === "code") continue;
    await orProblem(problems, path, undefined, async () => void (await usableDatastore(db, name)));
  }
  return problems;
}

/** Also of registered data, and of what clients send that have not read a file. */
function checkAddresses(spec: JobSpec): JobProblem[] {
  return Object.entries(spec.inputs).flatMap(([name, input]) => {
    if (input.kind !== "data" || input.source.kind !== "uri" || input.mode === "direct") return [];
    const { uri } = input.source;
    if (/^https?:\/\//i.test(uri)) return [];
    const scheme = /^[\w+.-]+:/.exec(uri)?.[0] ?? uri;
    return [
      {
        path: `inputs.${name}`,
        message: `this version fetches no ${scheme} addresses, only http and https`,
        hint: "describe the store as a datastore and name azureml://datastores/<name>/paths/<path>, or use mode: direct to pass the address itself",
      },
    ];
  });
}

/** Told now: at the end of the job nobody could correct the name. */
function checkOutputs(spec: JobSpec): JobProblem[] {
  return Object.entries(spec.outputs).flatMap(([output, { name, version }]) => {
    const path = `outputs.${output}`;
    if (name !== undefined && !isAssetName(name)) {
      return [
        { path, message: `${name} cannot be an asset's name`, hint: "use letters, digits, _, - and ." },
      ];
    }
    if (version !== undefined && !isAssetVersion(version)) {
      return [{ path, message: `${version} cannot be a version`, hint: "use letters, digits, _, - and ." }];
    }
    if (version !== undefined && name === undefined) {
      return [
        { path, message: `has version ${version} and no name`, hint: "add the name to register it as" },
      ];
    }
    return [];
  });
}

async function checkSnapshots({ store, clock }: SnapshotContext, spec: JobSpec): Promise<JobProblem[]> {
  const wanted: [string, { kind: string; id?: string } | undefined][] = [
    ["code", spec.code],
    ...Object.entries(spec.inputs).map(
      ([name, input]) =>
        [`inputs.${name}`, input.kind === "data" ? input.source : undefined] as [string, undefined],
    ),
    ["environment.build.context", spec.environment.build?.context],
  ];
  const problems: JobProblem[] = [];
  for (const [path, source] of wanted) {
    if (source?.kind === "snapshot" && source.id && !(await useSnapshot(store, source.id, clock.now()))) {
      problems.push({
        path,
        message: `snapshot ${source.id} is not stored here`,
        hint: "upload it first, then submit",
      });
    }
  }
  return problems;
}
