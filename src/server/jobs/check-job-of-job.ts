// What a job may submit with its own token: nothing that would get it further than it is already.
import type { DataSource, JobSpec } from "../../core/job-spec.ts";
import { findJob } from "../../store/jobs.ts";
import { countOpenJobsOf } from "../../store/run-family.ts";
import type { Db } from "../../store/store.ts";
import { findTrackedRun } from "../../store/tracked-runs.ts";
import { datastorePlaces, datastoresReachedBy } from "./datastores-of-job.ts";
import type { JobProblem } from "./job-problem.ts";
import { jobReaches } from "../http/run-reach.ts";

export interface Submitter {
  run: string;
  experiment: string;
}

/** So that a loop gone wrong does not fill the server. */
const mostOpenJobs = 1000;
const deepest = 10;
/** The machine that the server's own files are on: whoever runs there already is let everywhere. */
const mostTrusted = "local";

/** `experiment` is the id of the one that the new job would be in; undefined for one that is not there yet. */
export async function checkJobOfJob(
  db: Db,
  submitter: Submitter,
  spec: JobSpec,
  experiment: string | undefined,
): Promise<JobProblem[]> {
  const own = await findJob(db, submitter.run);
  if (!own) return [{ path: "", message: `there is no job ${submitter.run} any more` }];
  const problems: JobProblem[] = [];
  const refuse = (path: string, message: string, hint: string) => problems.push({ path, message, hint });
  if (experiment !== submitter.experiment) {
    refuse(
      "experimentName",
      `a job submits in its own experiment, ${own.experimentName}, and this is ${spec.experimentName}`,
      "leave the experiment as it is, or submit from outside",
    );
  }
  const { target } = spec.compute;
  const isFree = own.target === mostTrusted && !isContained(own.spec);
  if (!isFree && target !== own.target) {
    refuse(
      "compute",
      `a job that runs on ${own.target} submits to ${own.target} alone, and this is for ${target}`,
      "name that compute; only a job that runs on local, without an image, submits elsewhere",
    );
  }
  const dockerArgs = spec.resources?.dockerArgs;
  if (dockerArgs !== undefined && dockerArgs !== own.spec.resources?.dockerArgs) {
    refuse("resources.docker_args", "a job passes on its own docker_args alone", "leave them out");
  }
  const reachable = await datastoresReachedBy(db, own.spec);
  for (const [path, datastore] of datastorePlaces(spec)) {
    if (reachable.has(datastore)) continue;
    refuse(
      path,
      `the job does not reach the datastore ${datastore}; it reaches ${[...reachable].join(", ")}`,
      "name it as an input or an output of the job that submits",
    );
  }
  for (const [path, source] of sourcesOf(spec)) {
    if (source.kind !== "run" || (await jobReaches(db, submitter.run, source.run, "read"))) continue;
    refuse(path, `the job does not reach the run ${source.run}`, "give its files to the job as an input");
  }
  if ((await countOpenJobsOf(db, submitter.run)) >= mostOpenJobs) {
    refuse("", `${mostOpenJobs} jobs that this job submitted have not ended`, "wait for some of them");
  }
  if ((await depthOf(db, submitter.run)) >= deepest) {
    refuse("", `jobs submit jobs ${deepest} levels deep at most`, "see whether it ever comes to an end");
  }
  return problems;
}

/** How many jobs above it each submitted the next. */
async function depthOf(db: Db, job: string): Promise<number> {
  let depth = 0;
  for (let at: string | null = job; at !== null && depth < deepest; depth++) {
    at = (await findTrackedRun(db, at))?.ofJob ?? null;
  }
  return depth;
}

/** Once the environment is resolved. */
export async function checkContainment(db: Db, submitter: Submitter, spec: JobSpec): Promise<JobProblem[]> {
  const own = await findJob(db, submitter.run);
  if (!own || !isContained(own.spec) || isContained(spec)) return [];
  return [
    {
      path: "environment",
      message: "a job with an image, which may be in a container, submits only jobs with an image",
      hint: "give the environment an image, such as that of the job itself",
    },
  ];
}

const isContained = ({ environment }: JobSpec): boolean =>
  environment.image !== undefined || environment.build !== undefined;

function sourcesOf(spec: JobSpec): [path: string, source: DataSource][] {
  const inputs = Object.entries(spec.inputs).flatMap(([name, input]): [string, DataSource][] =>
    input.kind === "data" ? [[`inputs.${name}`, input.source]] : [],
  );
  return spec.code ? [["code", spec.code], ...inputs] : inputs;
}
