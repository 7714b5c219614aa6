// Which datastores a job names: in its code, inputs, outputs, and for its artifacts.
import type { JobSpec } from "../../core/job-spec.ts";
import { fillOutputPath } from "../../core/output-path.ts";
import { parseReference } from "../../spec/text/reference.ts";
import { listDatastores } from "../../store/datastores.ts";
import type { Db } from "../../store/store.ts";

export function datastoresOf(spec: JobSpec): Set<string> {
  return new Set(datastorePlaces(spec).map(([, datastore]) => datastore));
}

/** What the job's own token reaches: those that it names, and the workspace's default one. */
export async function datastoresReachedBy(db: Db, spec: JobSpec): Promise<Set<string>> {
  const shared = (await listDatastores(db)).filter(({ isDefault }) => isDefault).map(({ name }) => name);
  return new Set([...shared, ...datastoresOf(spec)]);
}

/** The key in the spec, and the datastore's name. */
export function datastorePlaces(spec: JobSpec): [path: string, datastore: string][] {
  const places: [string, string][] = [];
  if (spec.code?.kind === "datastore") places.push(["code", spec.code.datastore]);
  for (const [name, input] of Object.entries(spec.inputs)) {
    if (input.kind === "data" && input.source.kind === "datastore")
      places.push([`inputs.${name}`, input.source.datastore]);
  }
  for (const [name, output] of Object.entries(spec.outputs)) {
    // Which job it is does not matter for the datastore's name.
    const datastore = datastorePath(output.path, { run: "job", output: name })?.datastore;
    if (datastore !== undefined) places.push([`outputs.${name}`, datastore]);
  }
  if (spec.output?.datastore !== undefined) places.push(["output.datastore", spec.output.datastore]);
  return places;
}

/** The place that an output's path names, if it is one in a datastore. */
export function datastorePath(
  path: string | undefined,
  of: { run: string; output: string },
): { kind: "datastore"; datastore: string; path: string } | undefined {
  if (path === undefined) return undefined;
  const reference = parseReference(fillOutputPath(path, of));
  return "kind" in reference && reference.kind === "datastore" ? reference : undefined;
}
