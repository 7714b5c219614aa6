// A command job in each dialect: what its keys are and mean.
import {
  count,
  document,
  filledText,
  hasBoth,
  listOf,
  mapOf,
  mapping,
  number,
  text,
  whole,
  word,
  anything,
  filledIn,
  type JsonSchema,
} from "./json-schema.ts";
import { environmentInA, environmentInB, environmentInC } from "./environment-schema.ts";
import { codeA, codeB, codeC, inputsA, inputsB, inputsC, outputsB, outputsC } from "./inputs-schema.ts";
import { computePattern, datastore, identity, jobKeys, jobReadOnlyKeys, unused } from "./shared-keys.ts";

const command = (placeholder: string): JsonSchema =>
  filledText(
    `A line for bash. ${placeholder} stands for the value or the path of an input. Write a long one with >- over several lines.`,
    { examples: ["python train.py"] },
  );

const target = {
  pattern: computePattern,
  examples: ["local", "azureml:cpu-cluster"],
};

const instanceCount = count(1, "The number of nodes.", { default: 1 });
const instanceType = text("The kind of machine. Kept.");

type Counts = Record<string, JsonSchema>;

/** One closed form a type, so that an editor offers the keys that go together. */
const distribution = (pytorch: Counts, mpi: Counts, mpiRequired: readonly string[]): JsonSchema => {
  const form = (type: string, keys: Counts, required: readonly string[] = []): JsonSchema => ({
    ...mapping({ type: word([type], "How the processes find each other."), ...keys }, `Spread by ${type}.`, {
      required: ["type", ...required],
    }),
    type: "object",
  });
  return {
    description: "How the job is spread over processes and nodes.",
    anyOf: [
      form("pytorch", pytorch),
      form("tensorflow", {
        worker_count: count(1, "Workers; by default one a node."),
        parameter_server_count: count(0, "Parameter servers, at most one a node.", { default: 0 }),
      }),
      form("mpi", mpi, mpiRequired),
    ],
  };
};

const perInstance = count(1, "Processes on each node.", { default: 1 });

const distributionA = distribution(
  { process_count: count(1, "Processes of the whole job, over all nodes; by default one a node.") },
  { process_count_per_instance: perInstance },
  [],
);
const distributionC = distribution(
  { process_count_per_instance: perInstance },
  { process_count_per_instance: perInstance },
  ["process_count_per_instance"],
);

export const keysOfCommandJobA: Record<string, JsonSchema> = {
  ...jobKeys,
  type: word(["command_job"], "What kind of job this is.", { default: "command_job" }),
  code: codeA,
  command: command("{inputs.<name>}"),
  inputs: inputsA,
  environment: environmentInA,
  compute: mapping(
    {
      target: text("local, or azureml:<name> of a compute.", target),
      instance_count: instanceCount,
      instance_type: instanceType,
      location: unused,
      properties: unused,
    },
    "Where the job runs.",
    { required: ["target"], examples: [{ target: "local" }] },
  ),
  distribution: distributionA,
  distributed: distributionA,
  identity: identity(["amltoken", "managed"]),
  timeout: number("The longest time in Running, in seconds; then the job ends as Canceled.", {
    exclusiveMinimum: 0,
    examples: [3600],
  }),
  output: mapping({ datastore_id: datastore, path: text("A path on it.") }, "Kept, without effect."),
  ...jobReadOnlyKeys,
};

export const commandJobA = document(
  "Trainyard command job, dialect A (the 2021 preview)",
  mapping(
    keysOfCommandJobA,
    "A job that runs one command. Written for the 2021 preview; `trainyard job convert` rewrites it in today's dialect.",
    {
      required: ["command", "environment", "compute"],
      not: hasBoth("distribution", "distributed"),
    },
  ),
);

const memory = text("Shared memory of a container, as a number and b, k, m or g.", {
  pattern: String.raw`^\d+(\.\d+)?[bkmgBKMG]$`,
  default: "2g",
});

const dockerArgs: JsonSchema = {
  description: "Options of docker run for the job's containers.",
  anyOf: [text("Arguments."), listOf(text("An argument."), "Arguments, one by one.")],
};

interface Parts {
  code: JsonSchema;
  inputs: JsonSchema;
  outputs: JsonSchema;
  environment: JsonSchema;
}

export const keysOfCommandJob = ({
  code,
  inputs,
  outputs,
  environment,
}: Parts): Record<string, JsonSchema> => ({
  ...jobKeys,
  type: word(["command"], "What kind of job this is.", { default: "command" }),
  display_name: text("A name for people, which need not be unique."),
  code,
  command: command("${{inputs.<name>}}"),
  inputs,
  outputs,
  environment,
  compute: text("Where the job runs: local, or azureml:<name> of a compute.", {
    default: "local",
    ...target,
  }),
  resources: mapping(
    {
      instance_count: instanceCount,
      instance_type: instanceType,
      shm_size: memory,
      docker_args: dockerArgs,
      properties: unused,
      locations: unused,
      max_instance_count: unused,
    },
    "What the job takes of its compute.",
    { examples: [{ instance_count: 1 }] },
  ),
  distribution: distributionC,
  limits: mapping(
    {
      timeout: whole(1, "The longest time in Running, in seconds; then the job ends as Canceled.", {
        examples: [3600],
      }),
      type: unused,
    },
    "When the job is ended.",
  ),
  identity: identity(["user_identity", "managed", "managed_identity", "aml_token", "amltoken"]),
  services: mapOf(
    { ...anything("A service."), type: "object" },
    "Kept: nothing on a machine of your own opens them.",
  ),
  queue_settings: mapping(
    {
      job_tier: word(["spot", "basic", "standard", "premium", "null"], "Which kind of capacity."),
      priority: word(["low", "medium", "high"], "How urgent it is.", { default: "medium" }),
    },
    "Kept, without effect on machines of your own.",
  ),
  parent_job_name: filledIn,
  ...jobReadOnlyKeys,
});

export const commandJobB = document(
  "Trainyard command job, dialect B (November 2021)",
  mapping(
    keysOfCommandJob({ code: codeB, inputs: inputsB, outputs: outputsB, environment: environmentInB }),
    "A job that runs one command. Written in late 2021; `trainyard job convert` rewrites it in today's dialect.",
    { required: ["command", "environment"] },
  ),
);

export const commandJobC = document(
  "Trainyard command job",
  mapping(
    keysOfCommandJob({ code: codeC, inputs: inputsC, outputs: outputsC, environment: environmentInC }),
    "A job that runs one command.",
    { required: ["command", "environment"] },
  ),
);
