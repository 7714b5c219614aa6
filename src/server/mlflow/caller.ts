// Who may what of the MLflow part. Everything is denied that is not allowed here.
import { Refused } from "../../core/refused.ts";
import { runOfOpenAttempt } from "../../store/attempts.ts";
import { findExperiment } from "../../store/find-experiments.ts";
import { findLoggedModel } from "../../store/logged-models.ts";
import { identify } from "../http/authorize.ts";
import type { Credentials } from "../http/authorize.ts";
import type { ServerContext } from "../context.ts";
import { jobReaches } from "../http/run-reach.ts";
import type { Caller, Subject } from "./route.ts";

/** The caller behind a request's token; refuses agents, and jobs that have ended. */
export async function callerOf(context: ServerContext, credentials: Credentials): Promise<Caller> {
  const identity = identify(context, credentials);
  if (identity.kind === "user") return { kind: "user" };
  if (identity.kind === "job") {
    const run = await runOfOpenAttempt(context.store.db, identity.attempt);
    if (run) return { kind: "job", run: run.id, experiment: run.experiment };
  }
  throw new Refused("forbidden", `a token of this kind (${identity.kind}) does not reach MLflow's endpoints`);
}

export async function checkReach(context: ServerContext, caller: Caller, subject: Subject): Promise<void> {
  if (caller.kind === "user") return;
  const { db } = context.store;
  for (const id of subject.runs ?? []) {
    if (!(await jobReaches(db, caller.run, id, subject.act ?? "change")))
      throw denied(caller.run, `run ${id}`);
  }
  for (const id of subject.experiments ?? []) {
    if (id !== caller.experiment) throw denied(caller.run, `experiment ${id}`);
  }
  for (const name of subject.experimentNames ?? []) {
    const experiment = await findExperiment(db, { name });
    if (experiment?.id !== caller.experiment) throw denied(caller.run, `experiment ${name}`);
  }
  for (const id of subject.models ?? []) {
    const model = await findLoggedModel(db, id);
    if (model?.ofJob !== caller.run) throw denied(caller.run, `model ${id}`);
  }
}

const denied = (run: string, what: string): Refused =>
  new Refused(
    "forbidden",
    `the token of job ${run} does not reach ${what}`,
    "a job changes its own run and those that it started, in its own experiment; it adds to the runs that it belongs to, and reads those below them",
  );
