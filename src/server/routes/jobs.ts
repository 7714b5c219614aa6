// Jobs: submit, look, stop, label.
import { asJobSpec } from "../../api/job-spec.ts";
import { Refused } from "../../core/refused.ts";
import { isFinal } from "../../core/job.ts";
import type { JobSpec } from "../../core/job-spec.ts";
import { newJobName } from "../../lib/ids.ts";
import { lastAttempts, stopAttempts } from "../../store/attempts.ts";
import { findJob, insertJob, moveJob, queryJobs } from "../../store/jobs.ts";
import type { JobRow } from "../../store/jobs.ts";
import { recordEvent } from "../../store/events.ts";
import { addLabels, setLabels } from "../../store/labels.ts";
import { findExperiment } from "../../store/find-experiments.ts";
import { addRunAsset } from "../../store/run-assets.ts";
import { describeRun, findRun, setArchived } from "../../store/runs.ts";
import type { Db } from "../../store/store.ts";
import type { SomeHandlers } from "../http/app.ts";
import { checkJob } from "../jobs/check-job.ts";
import { checkContainment, checkJobOfJob } from "../jobs/check-job-of-job.ts";
import type { ServerContext } from "../context.ts";
import { describeJobs, describeOneJob } from "../jobs/describe-job.ts";
import type { JobProblem } from "../jobs/job-problem.ts";
import { topics } from "../nudges.ts";
import { jobReaches } from "../http/run-reach.ts";

export function jobRoutes(
  context: ServerContext,
): SomeHandlers<
  | "createJob"
  | "validateJob"
  | "getJob"
  | "listJobs"
  | "updateJob"
  | "cancelJob"
  | "archiveJob"
  | "restoreJob"
> {
  const { store, clock, nudges } = context;
  const changed = () => {
    nudges.nudge(topics.events);
    context.nudgeControl();
  };
  const show = async (run: string) => describeOneJob(store.db, await jobNamed(store.db, run));
  const experimentOf = async ({ experimentName }: JobSpec) =>
    (await findExperiment(store.db, { name: experimentName }))?.id;

  return {
    async createJob({ body }, { identity }) {
      const given = asJobSpec(body.spec);
      const submitter = identity?.kind === "job" ? identity : undefined;
      const refused = [
        ...(await checkParent(store.db, body.parent, submitter)),
        ...(submitter ? await checkJobOfJob(store.db, submitter, given, await experimentOf(given)) : []),
      ];
      // What a job does not reach is not looked at for it.
      if (refused.length > 0) throw refusalOf(refused);
      const { spec, assets, problems } = await checkJob(context, given, true);
      if (submitter) problems.push(...(await checkContainment(store.db, submitter, spec)));
      if (problems.length > 0) throw refusalOf(problems);
      const name = spec.name ?? newJobName();
      // A job speaks for whoever submitted it.
      const createdBy = submitter
        ? (await jobNamed(store.db, submitter.run)).createdBy
        : (body.createdBy ?? "user");
      const inserted = await store.write(async (tx) => {
        const isNew = await insertJob(tx, {
          id: name,
          experimentName: spec.experimentName,
          displayName: spec.displayName ?? name,
          description: spec.description ?? "",
          state: "Starting",
          parent: body.parent ?? null,
          ofJob: submitter?.run ?? null,
          createdBy,
          at: clock.now(),
          spec: { ...spec, name },
        });
        if (isNew) for (const asset of assets) await addRunAsset(tx, name, asset);
        return isNew;
      });
      if (!inserted) {
        throw new Refused(
          "conflict",
          `a job named ${name} exists already`,
          "choose another name, or leave it out to get a new one",
        );
      }
      changed();
      return show(name);
    },

    async validateJob({ body }) {
      context.expectJob();
      const { problems } = await checkJob(context, asJobSpec(body.spec), false);
      return { problems };
    },

    getJob: ({ params }) => show(params.run),

    async listJobs({ query }) {
      const rows = await queryJobs(store.db, {
        limit: query.limit + 1,
        beforeSeq: query.before === undefined ? undefined : Number(query.before),
        experiment: query.experiment,
        parent: query.parent,
        archived: query.archived,
      });
      const page = rows.slice(0, query.limit);
      return {
        jobs: await describeJobs(store.db, page),
        next: rows.length > page.length ? String(page.at(-1)!.seq) : null,
      };
    },

    async updateJob({ params, body }) {
      await jobNamed(store.db, params.run);
      await store.write(async (tx) => {
        await describeRun(tx, params.run, body);
        await setLabels(tx, params.run, "tag", body.tags ?? {});
        const clashing = await addLabels(tx, params.run, "property", body.properties ?? {});
        if (clashing.length > 0) {
          throw new Refused(
            "immutable",
            `properties do not change once set: ${clashing.join(", ")}`,
            "use a tag for what may change",
          );
        }
        await recordEvent(tx, clock.now(), params.run, { kind: "run.changed", fields: Object.keys(body) });
      });
      changed();
      return show(params.run);
    },

    async cancelJob({ params }) {
      const job = await jobNamed(store.db, params.run);
      if (!isFinal(job.state)) {
        const attempts = await lastAttempts(store.db, [params.run]);
        const attempt = attempts.get(params.run);
        await store.write(async (tx) => {
          const canceling = await moveJob(tx, params.run, {
            to: "CancelRequested",
            reason: "canceling on request",
            attempt: attempt?.number ?? 0,
            at: clock.now(),
          });
          // Once it only collects its outputs there is nothing left to stop.
          if (canceling) await stopAttempts(tx, params.run, "canceled");
        });
        if (attempt) nudges.nudge(topics.orders(attempt.agent));
        changed();
      }
      return show(params.run);
    },

    archiveJob: ({ params }) => archive(context, params.run, true).then(show),
    restoreJob: ({ params }) => archive(context, params.run, false).then(show),
  };
}

function refusalOf(problems: readonly JobProblem[]): Refused {
  const said = problems.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
  return new Refused("invalid", said.join("; "), problems[0]!.hint, { problems });
}

async function checkParent(
  db: Db,
  parent: string | undefined,
  submitter: { run: string } | undefined,
): Promise<JobProblem[]> {
  if (parent === undefined) return [];
  const refuse = (message: string, hint: string) => [{ path: "parent", message, hint }];
  if (submitter && !(await jobReaches(db, submitter.run, parent, "add"))) {
    return refuse(`the job does not reach the run ${parent}`, "name the job's own run");
  }
  if (await findRun(db, parent)) return [];
  return refuse(`there is no run named ${parent}`, "leave it out, or name a run that is there");
}

async function archive(
  { store, clock, nudges }: ServerContext,
  run: string,
  archived: boolean,
): Promise<string> {
  const job = await jobNamed(store.db, run);
  if (archived && !isFinal(job.state)) {
    throw new Refused(
      "wrong-state",
      `job ${run} is ${job.state}; only jobs that have ended are archived`,
      "cancel it first, or wait",
    );
  }
  await store.write(async (tx) => {
    await setArchived(tx, run, archived, clock.now());
    await recordEvent(tx, clock.now(), run, { kind: "run.changed", fields: ["archived"] });
  });
  nudges.nudge(topics.events);
  return run;
}

async function jobNamed(db: Db, run: string): Promise<JobRow> {
  const job = await findJob(db, run);
  if (job) return job;
  throw new Refused("not-found", `there is no job named ${run}`, "trainyard job list shows the latest ones");
}
