// A canonical job spec → the YAML words of the dialect it was written in, so that what is shown can be submitted again.
import type {
  CondaFile,
  DataSource,
  Distribution,
  Environment,
  Input,
  InputMode,
  JobSpec,
  Output,
  RunPathRef,
} from "../core/job-spec.ts";
import { describeSweep } from "./describe-sweep.ts";
import { namedOutputs } from "./text/reference.ts";

/** Without the keys that a server fills in (id, status, …). Absent members are left out. */
export function describeJob(spec: JobSpec): Record<string, unknown> {
  const shared = {
    command: spec.command.source,
    description: spec.description,
    environment_variables: spec.environmentVariables,
    experiment_name: spec.experimentName,
    identity: spec.identity,
    name: spec.name,
    properties: spec.properties,
    tags: spec.tags,
  };
  const job = { ...shared, ...(spec.dialect === "A" ? describeA(spec) : describeC(spec)) };
  return withoutAbsent(spec.sweep ? describeSweep(spec.dialect, spec.sweep, job) : job);
}

function describeA(spec: JobSpec): Record<string, unknown> {
  const { compute, output } = spec;
  return {
    type: "command_job",
    code: spec.code && sourceA(spec.code),
    inputs: mapValues(spec.inputs, inputA),
    environment: describeEnvironment(spec.environment, dockerA),
    compute: withoutAbsent({
      target: computeText(compute.target),
      instance_count: compute.instanceCount,
      instance_type: compute.instanceType,
    }),
    distribution: spec.distribution && distributionA(spec.distribution),
    timeout: spec.timeoutSeconds,
    output:
      output &&
      withoutAbsent({ datastore_id: output.datastore && `azureml:${output.datastore}`, path: output.path }),
  };
}

function describeC(spec: JobSpec): Record<string, unknown> {
  const { compute, resources, code } = spec;
  const isB = spec.dialect === "B";
  return {
    type: "command",
    display_name: spec.displayName,
    code: isB && code?.kind === "local" ? { local_path: code.path } : code && sourceText(code),
    inputs: mapValues(spec.inputs, isB ? inputB : inputC),
    outputs: mapValues(spec.outputs, outputC),
    environment: describeEnvironment(spec.environment, buildC),
    compute: computeText(compute.target),
    resources: withoutAbsent({
      instance_count: compute.instanceCount,
      instance_type: compute.instanceType,
      shm_size: resources?.shmSize,
      docker_args: resources?.dockerArgs,
    }),
    distribution: spec.distribution && distributionC(spec.distribution, compute.instanceCount),
    limits: spec.timeoutSeconds === undefined ? undefined : { timeout: Math.ceil(spec.timeoutSeconds) },
    services: spec.services,
    queue_settings: spec.queueSettings,
  };
}

const computeText = (target: string): string => (target === "local" ? target : `azureml:${target}`);

/** One text for any source, which `path` of dialect C and the references of dialect A read back. */
export function sourceText(source: DataSource): string {
  switch (source.kind) {
    case "local":
      return source.path;
    case "snapshot":
      return `azureml://snapshots/${source.id}${source.file === undefined ? "" : `/${source.file}`}`;
    case "asset":
      return source.label === undefined
        ? `azureml:${source.name}:${source.version ?? "1"}`
        : `azureml:${source.name}@${source.label}`;
    case "uri":
      return source.uri;
    case "datastore":
      return `azureml://datastores/${source.datastore}/paths/${source.path}`;
    case "run":
      return runPathText(source);
  }
}

/** `azureml://jobs/…` when it is an output that the job declared; both forms read back as the same. */
function runPathText({ run, path }: RunPathRef): string {
  if (!path.startsWith(namedOutputs)) return `azureml://jobs/${run}/outputs/artifacts/paths/${path}`;
  const [name = "", ...inside] = path.slice(namedOutputs.length).split("/");
  const output = `azureml://jobs/${run}/outputs/${name}`;
  return inside.length === 0 ? output : `${output}/paths/${inside.join("/")}`;
}

type DataInput = Extract<Input, { kind: "data" }>;

/** What was asked for by name is shown by name: the version says more than where its files lie. */
const sourceOf = ({ source, asset }: DataInput): DataSource =>
  asset ? { kind: "asset", name: asset.name, version: asset.version } : source;

export function sourceA(source: DataSource): unknown {
  if (source.kind === "local") return { local_path: source.path };
  if (source.kind === "uri") return { path: source.uri };
  if (source.kind === "datastore") return { datastore: `azureml:${source.datastore}`, path: source.path };
  return sourceText(source);
}

function inputA(input: Input): unknown {
  if (input.kind !== "data") return input.kind === "literal" ? input.value : undefined;
  return { data: sourceA(sourceOf(input)), mode: input.mode === "download" ? "download" : "mount" };
}

const modeC = (mode: InputMode): string => (mode === "mount" ? "ro_mount" : mode);

function inputC(input: Input): unknown {
  if (input.kind === "literal") return input.value;
  if (input.kind === "absent") return { optional: true };
  const { mode, type, description } = input;
  return withoutAbsent({ type, path: sourceText(sourceOf(input)), mode: modeC(mode), description });
}

function inputB(input: Input): unknown {
  if (input.kind !== "data") return inputC(input);
  const { mode, type, description } = input;
  const source = sourceOf(input);
  const form = type === "uri_file" ? "file" : type === "uri_folder" ? "folder" : undefined;
  if (form) return withoutAbsent({ [form]: sourceText(source), mode: modeC(mode), description });
  return withoutAbsent({ dataset: sourceA(source), mode: modeC(mode), type, description });
}

const outputC = ({ type, mode, path, name, version }: Output): unknown =>
  withoutAbsent({ type, mode, path, name, version });

function distributionA(distribution: Distribution): Record<string, unknown> {
  if (distribution.type !== "pytorch") return distributionC(distribution, 1);
  return withoutAbsent({ type: "pytorch", process_count: distribution.processCount });
}

function distributionC(distribution: Distribution, nodes: number): Record<string, unknown> {
  switch (distribution.type) {
    case "pytorch": {
      const processes = Math.ceil((distribution.processCount ?? nodes) / nodes);
      return { type: "pytorch", process_count_per_instance: processes };
    }
    case "tensorflow":
      return withoutAbsent({
        type: "tensorflow",
        worker_count: distribution.workerCount,
        parameter_server_count: distribution.parameterServerCount,
      });
    case "mpi":
      return { type: "mpi", process_count_per_instance: distribution.processCountPerInstance };
  }
}

type DescribeImage = (environment: Environment) => Record<string, unknown>;

function describeEnvironment(environment: Environment, describeImage: DescribeImage): unknown {
  const { reference, name, version } = environment;
  if (reference) return sourceText(reference);
  if (name !== undefined && version !== undefined) return `azureml:${name}:${version}`;
  return describeInline(environment, describeImage);
}

/** What it consists of, whatever it is called. */
export function describeInline(
  environment: Environment,
  describeImage: DescribeImage,
): Record<string, unknown> {
  const { conda, pip, userManaged } = environment;
  return withoutAbsent({
    ...describeImage(environment),
    conda_file: conda && describeConda(conda),
    pip,
    interpreter: userManaged?.interpreter,
    os_type: environment.osType,
    environment_variables: environment.environmentVariables,
    use_container: environment.useContainer,
    description: environment.description,
    tags: environment.tags,
  });
}

const describeConda = ({ name, channels, dependencies, prefix, variables }: CondaFile): unknown =>
  withoutAbsent({ name, channels, dependencies, prefix, variables });

export const dockerA: DescribeImage = ({ image, build }) => ({
  docker: build ? { build: { dockerfile: build.dockerfile } } : image === undefined ? undefined : { image },
  local_path: build?.context?.kind === "local" ? build.context.path : undefined,
  path: build?.context?.kind === "snapshot" ? sourceText(build.context) : undefined,
});

export const buildC: DescribeImage = ({ image, build }) => ({
  image,
  build:
    build &&
    withoutAbsent({
      path: build.context && sourceText(build.context),
      dockerfile_path: build.dockerfilePath,
      dockerfile: build.dockerfile,
    }),
});

const mapValues = <T>(values: Record<string, T>, describe: (value: T) => unknown): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, describe(value)]));

export const withoutAbsent = (values: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
