// What can be wrong with a sweep: its search space, its limits, the sweeps that it goes on from.
import type { JobSpec } from "../../core/job-spec.ts";
import type { ChoiceValue, SearchSpace, Sweep } from "../../core/sweep.ts";
import { findJob } from "../../store/jobs.ts";
import type { Db } from "../../store/store.ts";
import { checkSearchSpace } from "../../sweeps/samplers/index.ts";
import type { JobProblem } from "./job-problem.ts";

export async function checkSweep(db: Db, spec: JobSpec): Promise<JobProblem[]> {
  const problems: JobProblem[] = [];
  if (spec.trial) {
    problems.push({
      path: "trial",
      message: "is set by the server when a sweep begins a trial; leave it out",
    });
  }
  const { sweep } = spec;
  if (!sweep) return [...problems, ...checkPlaceholders(spec, [])];
  for (const problem of checkSearchSpace(sweep.searchSpace, sweep.sampling)) {
    problems.push({ ...problem, path: `sweep.${problem.path}` });
  }
  const { limits, earlyTermination } = sweep;
  if (limits.maxConcurrentTrials > limits.maxTotalTrials) {
    const message = `is ${limits.maxConcurrentTrials}, more than the ${limits.maxTotalTrials} trials in all`;
    problems.push({ path: "sweep.limits.maxConcurrentTrials", message });
  }
  if (earlyTermination?.type === "bandit") {
    const given = [earlyTermination.slackFactor, earlyTermination.slackAmount].filter(
      (one) => one !== undefined,
    );
    if (given.length !== 1) {
      const message =
        "a bandit policy needs exactly one of slackFactor (a ratio) and slackAmount (a distance)";
      problems.push({ path: "sweep.earlyTermination", message });
    }
  }
  for (const [index, run] of (sweep.resumeFrom ?? []).entries()) {
    const job = await findJob(db, run);
    const earlier = job?.spec.sweep;
    if (earlier && sweep.sampling.type === "grid" && !isSameSpace(earlier.searchSpace, sweep.searchSpace)) {
      const message = `${run} went over another search space, so there is no grid to go on with`;
      problems.push({ path: `sweep.resumeFrom[${index}]`, message, hint: "leave it out, or use bayesian" });
    }
    if (earlier) continue;
    const message = job ? `${run} is no sweep` : `there is no job named ${run}`;
    problems.push({ path: `sweep.resumeFrom[${index}]`, message });
  }
  const names = namesOf(sweep.searchSpace);
  return [...problems, ...checkFirst(spec, sweep, names), ...checkPlaceholders(spec, names)];
}

function checkFirst(spec: JobSpec, sweep: Sweep, names: readonly string[]): JobProblem[] {
  return (sweep.first ?? []).flatMap(({ parameters, inputs }, index) => {
    const path = `sweep.first[${index}]`;
    const unknown = Object.keys(parameters).filter((name) => !names.includes(name));
    const missing = inputs.filter((name) => !Object.hasOwn(spec.inputs, name));
    return [
      ...unknown.map((name) => ({
        path,
        message: `${name} is no parameter of this job; known: ${names.join(", ")}`,
      })),
      ...missing.map((name) => ({ path, message: `${name} is no input of this job` })),
    ];
  });
}

const isSameSpace = (a: SearchSpace, b: SearchSpace): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Of all its parameters, those that choices bring in as well, however deep. */
function namesOf(space: SearchSpace): string[] {
  return Object.entries(space).flatMap(([name, distribution]) => [
    name,
    ...(distribution.type === "choice" ? distribution.values.flatMap(namesIn) : []),
  ]);
}

function namesIn(value: ChoiceValue): string[] {
  if (typeof value !== "object") return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    typeof inner === "object" ? namesOf({ [name]: inner }) : [name],
  );
}

/** A placeholder that nothing fills would only be found on the node, trial by trial. */
function checkPlaceholders(spec: JobSpec, names: readonly string[]): JobProblem[] {
  const parts = spec.command.parts.flatMap((part) => ("optional" in part ? part.optional : [part]));
  const unknown = parts.flatMap((part) =>
    "binding" in part && part.binding === "search_space" && !names.includes(part.name) ? [part.name] : [],
  );
  return [...new Set(unknown)].map((name) => ({
    path: "command",
    message: `search_space.${name} is no parameter of this job; known: ${names.join(", ") || "none"}`,
  }));
}
