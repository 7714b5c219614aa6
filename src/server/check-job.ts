// What only this workspace can say about a job: does its compute exist, does its environment, is its code here?
import type { JobSpec } from "../core/job-spec.ts";
import { nearestName } from "../core/names.ts";
import { curatedEnvironmentNames, findCuratedEnvironment } from "../core/curated-environments.ts";
import { listComputes } from "../store/computes.ts";
import { hasSnapshot } from "../store/snapshots.ts";
import type { Db } from "../store/store.ts";

export interface JobProblem {
  /** Of the key in the spec. */
  path: string;
  message: string;
  hint?: string;
}

/**
 * Every fault at once, and the spec with its references resolved. `afterUpload` also wants every snapshot to be
 * stored.
 */
export async function checkJob(
  db: Db,
  spec: JobSpec,
  afterUpload: boolean,
): Promise<{ spec: JobSpec; problems: JobProblem[] }> {
  const problems = [
    ...(await checkCompute(db, spec)),
    ...checkSources(spec),
    ...(afterUpload ? await checkSnapshots(db, spec) : []),
  ];
  const environment = resolveEnvironment(spec, problems);
  return { spec: { ...spec, environment }, problems };
}

async function checkCompute(db: Db, spec: JobSpec): Promise<JobProblem[]> {
  const { target, instanceCount } = spec.compute;
  const computes = await listComputes(db);
  const compute = computes.find((candidate) => candidate.name === target);
  if (!compute) {
    const names = computes.map((candidate) => candidate.name);
    const nearest = nearestName(target, names);
    return [
      {
        path: "compute.target",
        message: `there is no compute named ${target}; known: ${names.join(", ")}${nearest ? `. Did you mean ${nearest}?` : ""}`,
        hint: `create it with: trainyard compute create -n ${target} --type amlcompute --max-instances 4`,
      },
    ];
  }
  if (instanceCount > 1) {
    return [
      {
        path: "compute.instance_count",
        message: `${instanceCount} nodes were asked for; this version runs jobs on one node`,
        hint: "set it to 1",
      },
    ];
  }
  return [];
}

function checkSources(spec: JobSpec): JobProblem[] {
  const problems: JobProblem[] = [];
  const check = (path: string, source: { kind: string }) => {
    if (source.kind === "asset" || source.kind === "datastore") {
      problems.push({
        path,
        message: `this version cannot read ${source.kind === "asset" ? "registered assets" : "datastores"} yet`,
        hint: "use local_path, or an https address",
      });
    }
  };
  if (spec.code && spec.code.kind !== "snapshot") {
    problems.push({
      path: "code",
      message: `this version cannot take code from ${spec.code.kind === "uri" ? "an address" : "a registered asset"} yet`,
      hint: "use a local folder",
    });
  }
  for (const [name, input] of Object.entries(spec.inputs)) {
    if (input.kind === "data") check(`inputs.${name}`, input.source);
  }
  if (spec.distribution) {
    problems.push({
      path: "distribution",
      message: "this version starts one process a job; distribution is not supported yet",
    });
  }
  return problems;
}

async function checkSnapshots(db: Db, spec: JobSpec): Promise<JobProblem[]> {
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
    if (source?.kind === "snapshot" && source.id && !(await hasSnapshot(db, source.id))) {
      problems.push({
        path,
        message: `snapshot ${source.id} is not stored here`,
        hint: "upload it first, then submit",
      });
    }
  }
  return problems;
}

function resolveEnvironment(spec: JobSpec, problems: JobProblem[]): JobSpec["environment"] {
  const { reference, ...rest } = spec.environment;
  if (!reference) return spec.environment;
  const found = findCuratedEnvironment(reference.name, reference.version);
  if (found)
    return {
      ...rest,
      ...found,
      name: reference.name,
      ...(reference.version && { version: reference.version }),
    };
  const nearest = nearestName(reference.name, curatedEnvironmentNames);
  problems.push({
    path: "environment",
    message: `there is no environment named ${reference.name}${nearest ? `. Did you mean ${nearest}?` : ""}`,
    hint: `known: ${curatedEnvironmentNames.join(", ")}; or write the environment into the job file`,
  });
  return spec.environment;
}
