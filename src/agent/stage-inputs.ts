// Brings each input to the node and says what stands for it in the command.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { DataSource, Input, InputMode, JobSpec } from "../core/job-spec.ts";
import { Refused } from "../core/refused.ts";
import { downloadUri } from "./download-uri.ts";
import type { SnapshotCache } from "./snapshot-cache.ts";
import { StagingFailed } from "./staging-failed.ts";

export interface StagedInputs {
  /** Input name → the text for its placeholder; an input without a value is not in it. */
  values: Record<string, string>;
  /** What was done, a line each. */
  lines: string[];
}

export interface InputStaging {
  folder: string;
  snapshots: SnapshotCache;
  signal: AbortSignal;
}

export async function stageInputs(inputs: JobSpec["inputs"], staging: InputStaging): Promise<StagedInputs> {
  const staged: StagedInputs = { values: {}, lines: [] };
  for (const [name, input] of Object.entries(inputs)) {
    if (input.kind === "absent") staged.lines.push(`input ${name}: no value`);
    else if (input.kind === "literal") staged.values[name] = literalText(input.value);
    else {
      const { path, line } = await stageData(name, input, staging);
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
  switch (source.kind) {
    case "snapshot":
      return stageSnapshot(name, source, mode, staging).catch((error: unknown) => {
        throw explain(name, error, staging.signal);
      });
    case "uri":
      return stageUri(name, source.uri, mode, staging);
    default:
      throw new StagingFailed(
        `input ${name} comes from ${describeSource(source)}, which is not supported by this version; give it as a local path or an https address instead`,
      );
  }
}

async function stageSnapshot(
  name: string,
  source: Extract<DataSource, { kind: "snapshot" }>,
  mode: InputMode,
  { folder, snapshots, signal }: InputStaging,
): Promise<{ path: string; line: string }> {
  const isCopy = mode === "download" || mode === "eval_download" || mode === "rw_mount";
  const target = join(folder, name);
  const restored = isCopy
    ? { path: target, ...(await snapshots.restore(source.id, target, signal)) }
    : await snapshots.mount(source.id, signal);
  const path = source.file === undefined ? restored.path : join(restored.path, source.file);
  const how = isCopy ? "copied to" : "read-only at";
  return { path, line: `${restored.files} files, ${restored.sizeBytes} bytes, ${how} ${path}` };
}

async function stageUri(
  name: string,
  uri: string,
  mode: InputMode,
  { folder, signal }: InputStaging,
): Promise<{ path: string; line: string }> {
  if (mode === "direct") return { path: uri, line: `${uri}, as it is` };
  const target = join(folder, name);
  await mkdir(target, { recursive: true });
  try {
    const { path, sizeBytes } = await downloadUri(uri, target, signal);
    return { path, line: `${sizeBytes} bytes downloaded from ${uri} to ${path}` };
  } catch (error) {
    throw explain(name, error, signal);
  }
}

function explain(name: string, error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted || error instanceof StagingFailed) return error;
  if (error instanceof Refused) return new StagingFailed(`input ${name}: ${error.message}`, error);
  return error instanceof Error ? new StagingFailed(`input ${name}: ${error.message}`, error.cause) : error;
}

function describeSource(source: DataSource): string {
  switch (source.kind) {
    case "asset":
      return `the registered asset azureml:${source.name}`;
    case "datastore":
      return `the datastore ${source.datastore}`;
    default:
      return `a ${source.kind} source`;
  }
}
