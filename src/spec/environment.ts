// What every dialect's environment is made of: references, conda files, Dockerfiles.
import { existsSync } from "node:fs";
import path from "node:path";
import type { CondaFile, Environment } from "../core/job-spec.ts";
import { found, note, noteSent, type Place, type Reading } from "./text/notes.ts";
import { loadYaml } from "./text/follow-file.ts";
import {
  boolean,
  defined,
  ignored,
  listOf,
  looseText,
  mapOf,
  nonEmptyText,
  oneOf,
  readFields,
  text,
  type Fields,
  type Reader,
} from "./text/read.ts";
import { parseTree, type Node } from "./text/tree.ts";

/** A Dockerfile's instructions that need a folder of files beside it. */
export const needsContext = (dockerfile: string): boolean =>
  dockerfile
    .split("\n")
    .some((line) => /^\s*(COPY|ADD)\s/i.test(line) && !/--from=|\s<<|^\s*ADD\s+https?:/i.test(line));

/** A path, `file:` and a path, the text of a conda file, or its mapping. */
export const condaFile: Reader<CondaFile> = (place, reading) => {
  const node = condaNode(place, reading);
  return node && readConda({ node, path: place.path }, reading);
};

function condaNode(place: Place, reading: Reading): Node | undefined {
  const { node } = place;
  if (node.kind === "map") return node;
  const written = text(place, reading);
  if (written === undefined) return undefined;
  if (written.startsWith("file:")) return loadYaml(place, written.slice("file:".length), reading);
  const isPath = !/[\n{]|: |:$/.test(written.trim());
  if (isPath) return condaPath(place, written, reading);
  // Positions inside a text that stands in YAML itself would mislead, so all point at its start.
  const inline = parseTree({ ...node.source, text: written, hasLines: false });
  for (const problem of inline.problems)
    note(place, reading, `the conda file ${problem.message}`, { hint: problem.hint });
  return inline.node && pinned(inline.node, node);
}

function condaPath(place: Place, written: string, reading: Reading): Node | undefined {
  if (noteSent(place, reading)) return undefined;
  if (existsSync(path.resolve(place.node.source.folder, written))) return loadYaml(place, written, reading);
  return note(place, reading, `${found(place.node)}; there is no such file, and it is no conda file's text`, {
    hint: "Paths start at the folder of the YAML file that names them.",
  });
}

function pinned(node: Node, to: Node): Node {
  const span = { source: to.source, start: to.start, end: to.start + 1 };
  if (node.kind === "scalar") return { ...node, ...span };
  if (node.kind === "list") return { ...node, ...span, items: node.items.map((item) => pinned(item, to)) };
  const entries = [...node.entries].map(
    ([key, { value }]) => [key, { key: span, value: pinned(value, to) }] as const,
  );
  return { ...node, ...span, entries: new Map(entries) };
}

function readConda(place: Place, reading: Reading): CondaFile | undefined {
  const fields = readFields(
    place,
    {
      name: text,
      channels: listOf(text),
      dependencies: listOf(dependency),
      prefix: text,
      variables: mapOf(looseText),
      platforms: ignored,
    },
    reading,
  );
  if (!fields) return undefined;
  const { name, channels, dependencies, prefix, variables } = fields;
  return defined({ name, channels, dependencies, prefix, variables });
}

const dependency: Reader<string | { pip: string[] }> = (place, reading) => {
  if (place.node.kind !== "map") return text(place, reading);
  const pip = readFields(place, { pip: listOf(text) }, reading)?.pip;
  return pip && { pip };
};

/** The keys that inline environments have in every dialect. */
export const inlineFields = {
  conda_file: condaFile,
  os_type: oneOf(["linux", "windows"], { anyCase: true }),
  description: text,
  tags: mapOf(looseText),
  inference_config: ignored,
  id: ignored,
  creation_context: ignored,
  // Our own: what the Python client's environments can say and the YAML of others cannot.
  pip: listOf(text),
  interpreter: nonEmptyText,
  environment_variables: mapOf(looseText),
  use_container: boolean,
};

export function inlineParts(fields: Fields<typeof inlineFields>): Environment {
  return defined({
    conda: fields.conda_file,
    pip: fields.pip,
    userManaged: fields.interpreter === undefined ? undefined : { interpreter: fields.interpreter },
    osType: fields.os_type,
    environmentVariables: fields.environment_variables,
    useContainer: fields.use_container,
    description: fields.description,
    tags: fields.tags,
  });
}
