// A compute's YAML, of either generation, → the facts that the server needs to make it.
import type { Compute } from "../../core/compute.ts";
import { isComputeName } from "../../core/names.ts";
import { InvalidFile, type Problem } from "../text/problem.ts";
import { found, note, type Reading } from "../text/notes.ts";
import {
  childOf,
  countOrNone,
  ignored,
  looseText,
  mapOf,
  numberFrom,
  oneOf,
  readFields,
  required,
  text,
  type MapPlace,
  type Reader,
} from "../text/read.ts";
import { readRoot } from "../text/read-root.ts";

export type ComputeFile = Omit<Compute, "type" | "createdAt"> & { type: "amlcompute" };

export interface ReadComputeOptions {
  /** `a.b=c` assignments; flags such as --max-instances can be given as these too. */
  set?: readonly string[] | undefined;
  name?: string | undefined;
}

/** Used where neither file nor flag says more. */
export const computeDefaults = {
  size: "Standard_DS3_v2",
  tier: "dedicated",
  minInstances: 0,
  maxInstances: 4,
  idleSecondsBeforeScaleDown: 120,
} as const;

/** Throws InvalidFile with every fault found. */
export async function readComputeFile(
  file: string,
  options: ReadComputeOptions = {},
): Promise<{ compute: ComputeFile; warnings: Problem[] }> {
  const reading: Reading = { problems: [], warnings: [] };
  const root = readRoot(file, options, reading);
  const compute = root && readCompute(root, reading);
  if (!compute || reading.problems.length > 0) throw new InvalidFile(reading.problems);
  return { compute, warnings: reading.warnings };
}

function readCompute(root: MapPlace, reading: Reading): ComputeFile | undefined {
  if (!isCluster(root, reading)) return undefined;
  const fields = readFields(root, computeFields, reading);
  if (fields?.name === undefined) return undefined;
  const minInstances = fields.min_instances ?? computeDefaults.minInstances;
  const maxInstances = fields.max_instances ?? Math.max(minInstances, computeDefaults.maxInstances);
  if (minInstances > maxInstances) {
    const at = childOf(root, "min_instances") ?? root;
    note(at, reading, `min_instances is ${minInstances}, but max_instances is ${maxInstances}`);
  }
  return {
    name: fields.name,
    type: "amlcompute",
    size: fields.size ?? computeDefaults.size,
    tier: fields.tier ?? fields.priority ?? computeDefaults.tier,
    minInstances,
    maxInstances,
    idleSecondsBeforeScaleDown:
      fields.idle_time_before_scale_down ?? computeDefaults.idleSecondsBeforeScaleDown,
    description: fields.description ?? "",
    tags: fields.tags ?? {},
  };
}

const otherTypes = ["computeinstance", "kubernetes", "virtualmachine", "synapsespark"];

function isCluster(root: MapPlace, reading: Reading): boolean {
  const place = childOf(root, "type");
  const type = place?.node.kind === "scalar" ? String(place.node.value).toLowerCase() : "";
  if (!place || !otherTypes.includes(type)) return true;
  note(
    place,
    reading,
    `computes of the type ${type} are not supported by this version; supported: amlcompute`,
  );
  return false;
}

const computeName: Reader<string> = (place, reading) => {
  const name = text(place, reading);
  if (name === undefined) return undefined;
  if (name.toLowerCase() === "local")
    return note(place, reading, "local is this machine itself; expected another name");
  if (isComputeName(name)) return name;
  const expected = "2 to 32 letters, digits and hyphens, starting with a letter";
  return note(place, reading, `${found(place.node)}; expected ${expected}`);
};

const tier: Reader<ComputeFile["tier"]> = (place, reading) => {
  const word = oneOf(["dedicated", "low_priority", "LowPriority"], { anyCase: true })(place, reading);
  return word === "LowPriority" ? "low_priority" : word;
};

const computeFields = {
  name: required(computeName),
  type: required(oneOf(["amlcompute"], { anyCase: true })),
  size: text,
  tier,
  priority: tier,
  min_instances: countOrNone,
  max_instances: countOrNone,
  idle_time_before_scale_down: numberFrom(0, { whole: true }),
  description: text,
  tags: mapOf(looseText),
  $schema: text,
  // A cloud's matters, which a self-hosted cluster has no use for.
  ...Object.fromEntries(
    [
      "location",
      "identity",
      "identity_type",
      "user_assigned_identities",
      "admin_username",
      "admin_password",
      "ssh_key_value",
      "ssh_public_access",
      "ssh_public_access_enabled",
      "ssh_settings",
      "network_settings",
      "vnet_name",
      "subnet",
      "enable_public_ip",
      "enable_node_public_ip",
      "resource_id",
      "user_object_id",
      "user_tenant_id",
      "created_on",
      "provisioning_state",
      "provisioning_errors",
      "state",
      "id",
      "resourceGroup",
    ].map((key) => [key, ignored]),
  ),
};
