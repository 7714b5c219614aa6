// Dialects B (November 2021) and C (2022 and later): command jobs with ${{inputs.x}}. B is C plus a few older forms.
import type { Code, JobSpec } from "../core/job-spec.ts";
import { namesIn } from "./dialect-a.ts";
import { anySource, readReference } from "./data-source.ts";
import { environmentC } from "./environment-c.ts";
import { inputC, outputC } from "./inputs-c.ts";
import {
  computeTarget,
  namedBindings,
  readLocalPath,
  readOnlyFields,
  readTyped,
  sharedFields,
} from "./job-fields.ts";
import { readCommand } from "./parse-command.ts";
import { found, note, type Reading } from "./text/notes.ts";
import {
  anything,
  asMapping,
  childOf,
  count,
  defined,
  ignored,
  listOf,
  mapOf,
  nonEmptyText,
  numberFrom,
  oneOf,
  readFields,
  required,
  text,
  type MapPlace,
  type Reader,
} from "./text/read.ts";
import { countNodes, distributionC, wholeJob } from "./distribution.ts";
import { isReference, isUri, uri } from "./text/reference.ts";

export function readDialectC(
  root: MapPlace,
  dialect: "B" | "C",
  defaultExperiment: string,
  reading: Reading,
  /** Of the sweep that this is the trial of. */
  parameters?: readonly string[],
): JobSpec | undefined {
  const declared = {
    inputs: namesIn(root, "inputs", reading),
    outputs: namesIn(root, "outputs", reading),
    search_space: parameters,
  };
  const table = {
    ...sharedFields,
    ...readOnlyFields,
    type: oneOf(["command"], { anyCase: true }),
    display_name: text,
    code: codeC,
    command: required<JobSpec["command"]>((place, to) => readCommand(place, dialect, declared, to)),
    inputs: namedBindings(inputC),
    outputs: namedBindings(outputC),
    environment: required(environmentC),
    compute: computeTarget,
    resources: resourcesC,
    distribution: distributionC,
    limits: limitsC,
    identity: identityC,
    services: mapOf(serviceC),
    queue_settings: queueSettingsC,
    component: componentC,
    parent_job_name: ignored,
  };
  const fields = readFields(root, table, reading);
  if (!fields?.command || !fields.environment) return undefined;

  noteAbsentMentions(root, fields.command, fields.inputs ?? {}, reading);

  const { instanceCount = 1, instanceType, ...resources } = fields.resources ?? {};
  const compute = { target: fields.compute ?? "local", instanceCount, ...defined({ instanceType }) };
  const distribution = wholeJob(fields.distribution, instanceCount);
  const counted = countNodes(root, compute, distribution, reading);
  return {
    kind: "command",
    dialect,
    experimentName: fields.experiment_name ?? defaultExperiment,
    tags: fields.tags ?? {},
    properties: fields.properties ?? {},
    command: fields.command,
    inputs: fields.inputs ?? {},
    outputs: fields.outputs ?? {},
    environment: fields.environment,
    environmentVariables: fields.environment_variables ?? {},
    compute: counted,
    ...defined({
      name: fields.name,
      displayName: fields.display_name,
      description: fields.description,
      code: fields.code,
      distribution,
      resources: Object.keys(resources).length > 0 ? resources : undefined,
      timeoutSeconds: fields.limits,
      identity: fields.identity,
      services: fields.services,
      queueSettings: fields.queue_settings,
    }),
  };
}

/** Outside `$[[ … ]]` a placeholder needs a value. */
function noteAbsentMentions(
  root: MapPlace,
  command: JobSpec["command"],
  inputs: JobSpec["inputs"],
  reading: Reading,
): void {
  for (const part of command.parts) {
    if (!("binding" in part) || part.binding !== "inputs") continue;
    const input = Object.hasOwn(inputs, part.name) ? inputs[part.name] : undefined;
    if (input?.kind !== "absent") continue;
    const place = childOf(root, "command") ?? root;
    note(place, reading, `\${{inputs.${part.name}}} is optional and has no value`, {
      hint: `Put the part that needs it into $[[ … ]], or give ${part.name} a value.`,
    });
  }
}

const codeC: Reader<Code> = (place, reading) => {
  if (place.node.kind === "map")
    return readFields(place, { local_path: required(readLocalPath) }, reading)?.local_path;
  const written = nonEmptyText(place, reading);
  if (written === undefined) return undefined;
  if (isReference(written)) return readReference(place, written, reading, { labels: true });
  if (written.startsWith("git+")) return uri(written);
  if (!isUri(written)) return anySource(place, reading);
  return note(
    place,
    reading,
    `${found(place.node)}; expected a folder, azureml:<name>:<version> or git+https://…`,
  );
};

interface ResourcesC {
  instanceCount?: number;
  instanceType?: string;
  shmSize?: string;
  dockerArgs?: string;
}

const resourcesC: Reader<ResourcesC> = (place, reading) => {
  const table = {
    instance_count: count,
    instance_type: text,
    shm_size: memorySize,
    docker_args: dockerArguments,
    properties: ignored,
    locations: ignored,
    max_instance_count: ignored,
  };
  const fields = readFields(place, table, reading);
  if (!fields) return undefined;
  const { instance_count, instance_type, shm_size, docker_args } = fields;
  return defined({
    instanceCount: instance_count,
    instanceType: instance_type,
    shmSize: shm_size,
    dockerArgs: docker_args,
  });
};

const memorySize: Reader<string> = (place, reading) => {
  const size = text(place, reading);
  if (size === undefined || /^\d+(\.\d+)?[bkmg]$/i.test(size)) return size;
  return note(place, reading, `${found(place.node)}; expected a number and b, k, m or g, such as 2g`);
};

const dockerArguments: Reader<string> = (place, reading) =>
  place.node.kind === "list" ? listOf(text)(place, reading)?.join(" ") : text(place, reading);

const limitsC: Reader<number> = (place, reading) =>
  readFields(place, { timeout: numberFrom(0, { whole: true, above: true }), type: ignored }, reading)
    ?.timeout;

const identityC = readTyped(
  ["user_identity", "managed", "managed_identity", "aml_token", "amltoken"],
  anything,
);

/** Services are kept as written: nothing on a self-hosted machine opens them. A server adds the first two itself. */
const serviceC: Reader<unknown> = (place, reading) => {
  const mapping = asMapping(place, reading);
  const type = mapping?.node.entries.get("type")?.value;
  if (type?.kind === "scalar" && (type.value === "Studio" || type.value === "Tracking")) return undefined;
  return mapping && anything(mapping, reading);
};

const queueSettingsC: Reader<Record<string, unknown>> = (place, reading) => {
  const table = {
    job_tier: oneOf(["spot", "basic", "standard", "premium", "null"], { anyCase: true }),
    priority: oneOf(["low", "medium", "high"], { anyCase: true }),
  };
  const fields = readFields(place, table, reading);
  return fields && defined(fields);
};

const componentC: Reader<never> = (place, reading) =>
  note(place, reading, "components are not supported by this version", {
    hint: "Write the component's command, environment and inputs into the job.",
  });
