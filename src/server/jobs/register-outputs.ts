// Outputs that are to be registered: done when the job has succeeded, from what it kept, exactly once.
import type { AssetContent, AssetVersion, StoredSource } from "../../core/asset.ts";
import type { Output } from "../../core/job-spec.ts";
import { Refused } from "../../core/refused.ts";
import { describeError } from "../../lib/log.ts";
import { listArtifacts } from "../../store/artifacts.ts";
import { findJob } from "../../store/jobs.ts";
import type { JobRow } from "../../store/jobs.ts";
import { addRunAsset, listRunAssets } from "../../store/run-assets.ts";
import type { ServerContext } from "../context.ts";
import { datastorePath } from "./datastores-of-job.ts";
import { registerAsset } from "../assets/register-asset.ts";
import { filesFor, findRunFiles } from "../files/run-files.ts";
import { snapshotRunFiles } from "../files/run-snapshot.ts";
import type { SnapshotContext } from "../files/run-snapshot.ts";

type RegisterContext = SnapshotContext & Pick<ServerContext, "log">;

export interface Note {
  level: "info" | "warning";
  message: string;
}

/** May be called again: an output that has its version keeps it. What goes wrong is a note, never an error. */
export async function registerOutputs(context: RegisterContext, run: string): Promise<Note[]> {
  const { store, log } = context;
  const job = await findJob(store.db, run);
  if (!job) return [];
  const made = (await listRunAssets(store.db, run)).filter(({ role }) => role === "output");
  const notes: Note[] = [];
  for (const [name, output] of Object.entries(job.spec.outputs)) {
    if (output.name === undefined) continue;
    const kind = kindOf(output);
    const known = made.find(({ usedAs }) => usedAs === name);
    try {
      const { version } = known ?? (await registerOutput(context, job, name, output));
      notes.push({
        level: "info",
        message: `output ${name} is registered as ${kind} ${output.name}:${version}`,
      });
    } catch (error) {
      if (!(error instanceof Refused)) {
        log.error("an output could not be registered", {
          job: run,
          output: name,
          error: describeError(error),
        });
      }
      notes.push({
        level: "warning",
        message: `output ${name} could not be registered as ${kind} ${output.name}: ${describeError(error)}`,
      });
    }
  }
  return notes;
}

async function registerOutput(
  context: RegisterContext,
  job: JobRow,
  usedAs: string,
  output: Output,
): Promise<AssetVersion> {
  const { store, clock } = context;
  const content = contentOf(output, await sourceOf(context, job.run, usedAs, output));
  return store.write(async (tx) => {
    const asset = await registerAsset(tx, {
      kind: content.kind,
      name: output.name!,
      version: output.version,
      content,
      description: "",
      tags: {},
      properties: {},
      run: job.run,
      createdBy: job.createdBy,
      at: clock.now(),
    });
    const { kind, name, version } = asset;
    await addRunAsset(tx, job.run, { role: "output", usedAs, kind, name, version });
    return asset;
  });
}

const isModel = ({ type }: Output): boolean => type.endsWith("_model");
const kindOf = (output: Output): "data" | "model" => (isModel(output) ? "model" : "data");

function contentOf({ type }: Output, source: StoredSource): AssetContent {
  switch (type) {
    case "custom_model":
    case "mlflow_model":
    case "triton_model":
      return { kind: "model", type, source };
    default:
      return { kind: "data", type, source };
  }
}

/** What the agent sent here, or else the place in a datastore where the job was to write. */
async function sourceOf(
  context: RegisterContext,
  run: string,
  name: string,
  output: Output,
): Promise<StoredSource> {
  const { db } = context.store;
  const path = `named-outputs/${name}`;
  const inDatastore = datastorePath(output.path, { run, output: name });
  if (inDatastore) {
    const sent = await listArtifacts(db, run, { prefix: `${path}/`, after: "", limit: 1 });
    if (sent.length === 0) return inDatastore;
  }
  const found = await findRunFiles(db, { kind: "run", run, path });
  return snapshotRunFiles(context, filesFor(output.type, found));
}
