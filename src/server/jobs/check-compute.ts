// Can a job ever run where it wants to? What the compute and the machine have not got is refused now, with the reason.
import { containerFault, containersKey } from "../../core/container-policy.ts";
import { readDockerArguments, WrongArgument } from "../../core/docker-arguments.ts";
import type { JobSpec } from "../../core/job-spec.ts";
import { whatIsMissing } from "../../core/machine.ts";
import { retryFaults } from "../../core/retry.ts";
import { nearestName } from "../../core/names.ts";
import type { Compute } from "../../core/compute.ts";
import { listComputes } from "../../store/computes.ts";
import type { ServerContext } from "../context.ts";
import type { JobProblem } from "./job-problem.ts";

type CheckingContext = Pick<ServerContext, "store" | "machine" | "sizes">;

export async function checkCompute(context: CheckingContext, spec: JobSpec): Promise<JobProblem[]> {
  const { target, instanceCount } = spec.compute;
  const computes = await listComputes(context.store.db);
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
  const problems: JobProblem[] = [
    ...(await checkSize(context, spec, compute)),
    ...checkDistribution(spec),
    ...retryFaults(spec).map(({ key, message }) => ({ path: `properties.${key}`, message })),
    ...checkContainers(spec),
  ];
  if (instanceCount > compute.maxInstances) {
    problems.push({
      path: "compute.instance_count",
      message: `${instanceCount} nodes were asked for, and ${target} may have ${compute.maxInstances}`,
      hint: `set it to ${compute.maxInstances} or less, or allow more with: trainyard compute update -n ${target} --max-instances ${instanceCount}`,
    });
  }
  return problems;
}

/** Said now rather than when the job has come to its node. */
function checkContainers(spec: JobSpec): JobProblem[] {
  const fault = containerFault(spec);
  const problems: JobProblem[] =
    fault === undefined ? [] : [{ path: `properties.${containersKey}`, message: fault }];
  try {
    readDockerArguments(spec.resources?.dockerArgs ?? "");
  } catch (error) {
    if (!(error instanceof WrongArgument)) throw error;
    problems.push({ path: "resources.docker_args", message: error.message });
  }
  return problems;
}

/**
 * A compute's well-known size is often only what a file from a cloud says: it is taken for as much of it as there is.
 * What the job itself asks for, or a size that this machine's owner has described, is meant as it stands.
 */
async function checkSize(
  { machine, sizes }: CheckingContext,
  spec: JobSpec,
  compute: Compute,
): Promise<JobProblem[]> {
  const table = await sizes.table();
  const { instanceType, instanceCount } = spec.compute;
  const path = "compute.instance_type";
  const fault = await sizes.fault();
  if (fault !== undefined && (instanceType !== undefined || compute.size !== ""))
    return [{ path, message: fault, hint: "mend it, or move it away; docs/compute.md shows its form" }];
  const asked = instanceType === undefined ? undefined : table.get(instanceType.toLowerCase());
  if (instanceType !== undefined && !asked) {
    const nearest = nearestName(
      instanceType,
      [...table.values()].map(({ name }) => name),
    );
    const message = `there is no size named ${instanceType}${nearest ? `. Did you mean ${nearest}?` : ""}`;
    return [
      {
        path,
        message,
        hint: "leave it out, or describe it in sizes.json of TRAINYARD_HOME; trainyard compute list-sizes shows those there are",
      },
    ];
  }
  const ofCompute = table.get(compute.size.toLowerCase());
  const size = asked ?? ofCompute;
  if (!size) return [];
  const hint = "ask for a smaller size, or change what it stands for in sizes.json of TRAINYARD_HOME";
  const has = await machine();
  const isMeant = asked !== undefined || size.isOwn;
  const missing = isMeant ? whatIsMissing(size, has) : undefined;
  if (missing !== undefined)
    return [{ path, message: `a node of the size ${size.name} has ${missing}`, hint }];
  const cards = Math.min(size.gpus, has.gpus.length) * instanceCount;
  if (cards <= has.gpus.length) return [];
  const message = `${instanceCount} nodes of the size ${size.name} have ${cards} graphics cards, and this machine has ${has.gpus.length}`;
  return [{ path, message, hint }];
}

/** Where a shell looks for a program. */
const ownLauncher = /(?:^|[;&|(\n])\s*(?:\S*\/)?(mpirun|mpiexec|orterun|horovodrun)\s/;

function checkDistribution({ distribution, compute, command }: JobSpec): JobProblem[] {
  const launcher = distribution?.type === "mpi" ? ownLauncher.exec(command.source)?.[1] : undefined;
  if (launcher !== undefined) {
    return [
      {
        path: "command",
        message: `the command starts ${launcher}, and so does the job's distribution of the type mpi: each rank would start all of them again`,
        hint: "leave what each process runs, such as python train.py; distribution.process_count_per_instance says how many there are",
      },
    ];
  }
  if (distribution?.type === "pytorch" && (distribution.processCount ?? 0) % compute.instanceCount !== 0) {
    return [
      {
        path: "distribution.process_count",
        message: `${distribution.processCount} processes cannot be spread evenly over ${compute.instanceCount} nodes`,
        hint: "process_count is the number of processes of the whole job: make it a multiple of instance_count",
      },
    ];
  }
  if (distribution?.type === "tensorflow" && distribution.parameterServerCount > compute.instanceCount) {
    return [
      {
        path: "distribution.parameter_server_count",
        message: `${distribution.parameterServerCount} parameter servers were asked for on ${compute.instanceCount} nodes`,
        hint: "there is at most one a node",
      },
    ];
  }
  return [];
}
