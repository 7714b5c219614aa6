// Brings each input to the node and says what stands for it in the command.
import { join } from "node:path";
import type { DataSource, Input, InputMode, JobSpec } from "../../core/job-spec.ts";
import { Refused } from "../../core/refused.ts";
import type { NodeCache } from "../cache/node-cache.ts";
import { sizeOf } from "../cache/tree.ts";
import type { Tree } from "../cache/tree.ts";
import type { DatastoreDoor } from "./datastore-door.ts";
import { fetchDatastoreTree } from "./datastore-tree.ts";
import { downloadUri, showUri } from "./download-uri.ts";
import type { InputLimits } from "./input-limits.ts";
import { StagingFailed } from "./staging-failed.ts";

export interface StagedInputs {
  /** Input name → the text for its placeholder; an input without a value is not in it. */
  values: Record<string, string>;
  /** What was done, a line each. */
  lines: string[];
}

export interface InputStaging {
  /** Where copies of the job's own go. */
  folder: string;
  attemptFolder: string;
  cache: NodeCache;
  datastores: DatastoreDoor;
  limits: InputLimits;
  signal: AbortSignal;
}

export async function stageInputs(inputs: JobSpec["inputs"], staging: InputStaging): Promise<StagedInputs> {
  const staged: StagedInputs = { values: {}, lines: [] };
  for (const [name, input] of Object.entries(inputs)) {
    if (input.kind === "absent") staged.lines.push(`input ${name}: no value`);
    else if (input.kind === "literal") staged.values[name] = literalText(input.value);
    else {
      const { path, line } = await stageData(name, input, staging).catch((error: unknown) => {
        throw explain(name, error, staging.signal);
      });
      staged.values[name] = path;
      staged.lines.push(`input ${name}: ${line}`);
    }
  }
  return staged;
}

/** As the original writes them: Python's str(), so True and not true. */
export function literalText(value: string | number | boolean): string {
  if (typeof value === "boolean") return value ? "True" : "False";
  return String(value);
}

type DataInput = Extract<Input, { kind: "data" }>;

async function stageData(
  name: string,
  { source, mode }: DataInput,
  staging: InputStaging,
): Promise<{ path: string; line: string }> {
  if (mode === "direct") {
    const address = await addressOf(source, staging);
    if (address !== undefined) return { path: address, line: `${showUri(address)}, as it is` };
  }
  const { tree, file, line } = await findTree(source, staging);
  const { path, how } = await layOut(name, tree, mode, staging);
  const { files, sizeBytes } = sizeOf(tree);
  return {
    path: file === undefined ? path : join(path, file),
    line: `${files} files, ${sizeBytes} bytes, ${line}${how} ${path}`,
  };
}

/** What a script can open by itself; undefined for what lies only in the server. */
async function addressOf(source: DataSource, { datastores, signal }: InputStaging) {
  if (source.kind === "uri") return source.uri;
  if (source.kind !== "datastore") return undefined;
  return (await datastores.open(source.datastore, signal)).addressOf(source.path);
}

interface FoundTree {
  tree: Tree;
  /** Set when the source is a single file. */
  file: string | undefined;
  /** Where it comes from. */
  line: string;
}

export async function findTree(
  source: DataSource,
  { cache, datastores, limits, signal }: Omit<InputStaging, "folder">,
): Promise<FoundTree> {
  switch (source.kind) {
    case "snapshot":
      return { tree: await cache.snapshots.tree(source.id, signal), file: source.file, line: "" };
    case "uri": {
      const { tree, file, isUnchanged } = await downloadUri(source.uri, cache, limits, signal);
      const how = isUnchanged ? "unchanged at" : "downloaded from";
      return { tree, file, line: `${how} ${showUri(source.uri)}, ` };
    }
    case "datastore": {
      const client = await datastores.open(source.datastore, signal);
      const found = await fetchDatastoreTree({ source, client, cache, limits }, signal);
      const line = `${found.downloadedFiles} of them downloaded from the datastore ${source.datastore}, `;
      return { ...found, line };
    }
    default:
      throw new StagingFailed(
        `${describeSource(source)} reached the node unresolved; the server resolves it when the job is submitted: submit it again`,
      );
  }
}

function describeSource(source: DataSource): string {
  if (source.kind === "asset") {
    const { name, version, label } = source;
    return `azureml:${name}${version === undefined ? `@${label}` : `:${version}`}`;
  }
  return source.kind === "run" ? `runs:/${source.run}/${source.path}` : `a ${source.kind} source`;
}

async function layOut(
  name: string,
  tree: Tree,
  mode: InputMode,
  { folder, attemptFolder, cache, signal }: InputStaging,
): Promise<{ path: string; how: string }> {
  const isCopy = mode === "download" || mode === "eval_download" || mode === "rw_mount";
  if (!isCopy) return { path: await cache.share(tree, attemptFolder, signal), how: "read-only at" };
  const path = join(folder, name);
  await cache.copy(tree, path, signal);
  return { path, how: "copied to" };
}

/** Whatever kept it away keeps the job from starting: said with the input's name, and with nothing of a request. */
function explain(name: string, error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted || !(error instanceof Error)) return error;
  const hint = error instanceof Refused && error.hint !== undefined ? ` ${error.hint}` : "";
  return new StagingFailed(`input ${name}: ${error.message}${hint}`);
}
