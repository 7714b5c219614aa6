// The keys that jobs of every dialect have alike.
import path from "node:path";
import { existsSync, readdirSync, statSync } from "node:fs";
import type { LocalPath } from "../core/job-spec.ts";
import { isComputeName, isExperimentName, isJobName, nearestName } from "../core/names.ts";
import { found, note, noteSent, warn, type Place, type Reading } from "./text/notes.ts";
import { asMapping, ignored, looseText, mapOf, oneOf, text, type Reader } from "./text/read.ts";
import { parseName } from "./text/reference.ts";
import { quoted } from "./text/problem.ts";

const jobName: Reader<string> = (place, reading) => {
  const name = text(place, reading);
  if (name === undefined || isJobName(name)) return name;
  const expected = "1 to 256 letters, digits, _, - or ., starting with a letter, a digit or _";
  return note(place, reading, `${found(place.node)}; expected a name of ${expected}`);
};

const experimentName: Reader<string> = (place, reading) => {
  const name = text(place, reading);
  if (name === undefined || isExperimentName(name)) return name;
  const expected = "1 to 255 characters without slashes and control characters, and no space at its ends";
  return note(place, reading, `${found(place.node)}; expected ${expected}`);
};

/** A name that stands in placeholders and in variables. */
const bindingNameProblem = (name: string): string | undefined =>
  /^\w[\w.-]{0,254}$/.test(name)
    ? undefined
    : "is no name for a placeholder; expected letters, digits, _, - and .";

export const namedBindings = <T>(read: Reader<T>) => mapOf(read, bindingNameProblem);

const variables: Reader<Record<string, string>> = (place, reading) => {
  const values = mapOf(looseText, variableProblem)(place, reading);
  for (const [name, value] of Object.entries(values ?? {})) {
    if (!/\$\{\{\s*\w+\.|(?<![$\w])\{inputs\./.test(value)) continue;
    warn(place, reading, `the value of ${name} holds a placeholder, and only the command is filled in`);
  }
  return values;
};

const variableProblem = (name: string): string | undefined =>
  name === "" || /[=\0]/.test(name) ? "is no name for an environment variable" : undefined;

export const sharedFields = {
  $schema: text,
  name: jobName,
  experiment_name: experimentName,
  description: text,
  tags: mapOf(looseText),
  properties: mapOf(looseText),
  environment_variables: variables,
};

/** Filled in by a server; they come back when a shown job is submitted again. */
export const readOnlyFields = {
  id: ignored,
  status: ignored,
  creation_context: ignored,
  interaction_endpoints: ignored,
  log_files: ignored,
  parameters: ignored,
  resourceGroup: ignored,
};

export const computeTarget: Reader<string> = (place, reading) => {
  const target = text(place, reading);
  if (target === undefined) return undefined;
  const name = parseName(target);
  if (typeof name !== "string") return note(place, reading, name.wrong, { hint: name.hint });
  if (isComputeName(name)) return name;
  const expected = "a compute's name: 2 to 32 letters, digits and hyphens, starting with a letter";
  return note(place, reading, `${found(place.node)}; expected ${expected}`);
};

/** A file or folder beside the YAML file that names it. */
export function readLocalPath(
  place: Place,
  reading: Reading,
  expected: "any" | "folder" = "any",
): LocalPath | undefined {
  const written = text(place, reading);
  if (written === undefined) return undefined;
  if (written.trim() === "" || written.includes("\0"))
    return note(place, reading, `${found(place.node)}; expected a path`);
  if (noteSent(place, reading)) return undefined;
  const absolute = path.resolve(place.node.source.folder, written);
  if (!existsSync(absolute)) {
    // Where the path of a flag of its own starts is plain from the whole of it.
    const isFlag = !place.node.source.hasLines && !place.node.source.shown.startsWith("--set");
    const hint = isFlag ? undefined : "Paths start at the folder of the YAML file that names them.";
    const message = `${quoted(written)} does not exist: ${absolute}`;
    return note(place, reading, message, { nearest: nearestPath(absolute, written), hint });
  }
  if (expected === "folder" && !statSync(absolute).isDirectory()) {
    return note(place, reading, `${quoted(written)} is a file; expected a folder: ${absolute}`);
  }
  return { kind: "local", path: absolute };
}

/** The file or folder beside it that was probably meant, written as the missing one was. */
function nearestPath(absolute: string, written: string): string | undefined {
  const { dir, base } = path.parse(absolute);
  if (!existsSync(dir) || !written.endsWith(base)) return undefined;
  const nearest = nearestName(base, readdirSync(dir));
  return nearest && `${written.slice(0, written.length - base.length)}${nearest}`;
}

/** A mapping that is kept as it is, of which only the type is looked at. */
export function readTyped(types: readonly string[], keep: Reader<unknown>): Reader<Record<string, unknown>> {
  return (place, reading) => {
    const mapping = asMapping(place, reading);
    const type = mapping?.node.entries.get("type")?.value;
    if (!mapping) return undefined;
    if (type) oneOf(types, { anyCase: true })({ node: type, path: `${mapping.path}.type` }, reading);
    const kept = keep(mapping, reading);
    return typeof kept === "object" && kept !== null ? { ...kept } : undefined;
  };
}
