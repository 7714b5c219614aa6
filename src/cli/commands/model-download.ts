// `model download`: a model's files, as they were registered.
import { join, resolve } from "node:path";
import type { AssetBody } from "../../api/assets.ts";
import { isModelName } from "../../core/asset.ts";
import { findVersion, withVersion } from "../assets/asset-options.ts";
import type { VersionOptions } from "../assets/asset-options.ts";
import type { AddCommand } from "../command-entry.ts";
import { connect } from "../connect/connect.ts";
import type { Context } from "../context.ts";
import { defineCommand, withCommonOptions } from "../define-command.ts";
import { CommandFailed } from "../fail.ts";

type ModelSource = Extract<AssetBody["content"], { kind: "model" }>["source"];

interface ModelDownloadOptions extends VersionOptions {
  downloadPath: string;
}

export const addModelDownload: AddCommand = (parent, context) => {
  const command = defineCommand(parent, "download", {
    summary: "Fetch a model's files",
    description:
      "Fetches a model's files into a folder named after it. Files that are here already are not fetched again, so an interrupted download goes on where it was.",
    examples: [
      "trainyard model download -n iris-tree",
      "trainyard model download -n iris-tree -v 3 -p models",
    ],
  });
  withVersion(command).option("-p, --download-path <folder>", "where to", ".");
  withCommonOptions(command).action((options: ModelDownloadOptions) => downloadModel(options, context));
};

async function downloadModel(options: ModelDownloadOptions, context: Context): Promise<void> {
  const loading = Promise.all([
    import("../download/fetch-snapshot.ts"),
    import("../connect/link.ts"),
    import("../progress.ts"),
  ]);
  const { io, clock } = context;
  const connection = await connect(context);
  const signal = context.interrupted();
  const [{ fetchSnapshot }, { createLink }, { formatBytes, startProgress }] = await loading;
  using link = createLink(connection, {
    connect: () => connect(context, { start: "crashed" }),
    clock,
    signal,
  });

  const asset = await link.use((client) => findVersion("model", options, client));
  const { source, name, version } = modelOf(asset);
  const folder = join(resolve(options.downloadPath), name);
  const progress = startProgress(`Downloading ${name}:${version}`, { io, clock });
  const said = await fetchModel()
    .catch((error: unknown) => {
      if (signal.aborted) return "interrupted";
      throw error;
    })
    .finally(() => progress.end());
  if (signal.aborted) {
    process.exitCode = 130;
    return io.note("Interrupted. Run it again to go on: what is complete is not fetched twice.");
  }
  io.note(`Downloaded ${name}:${version}, ${said}`);

  async function fetchModel(): Promise<string> {
    if (source.kind === "uri" && /^https?:/i.test(source.uri)) {
      const { fetchAddress } = await import("../download/fetch-address.ts");
      const fetched = await fetchAddress(source.uri, folder, {
        signal,
        onBytes: (done, total) => progress.update(done, total ?? done),
      });
      return `1 file (${formatBytes(fetched.sizeBytes)}), to ${fetched.path}`;
    }
    const snapshot = snapshotOf(source, `${name}:${version}`);
    const manifest = await link.use((client) => client.getSnapshot({ params: { snapshot } }));
    const totalBytes = manifest.files.reduce((sum, file) => sum + file.sizeBytes, 0);
    let doneBytes = 0;
    const { known } = await fetchSnapshot(manifest, folder, {
      link,
      signal,
      onBytes: (count) => progress.update((doneBytes += count), totalBytes),
    });
    const files = manifest.files.length === 1 ? "1 file" : `${manifest.files.length} files`;
    const before = known > 0 ? `; ${known} ${known === 1 ? "was" : "were"} there already` : "";
    return `${files} (${formatBytes(totalBytes)}), to ${folder}${before}`;
  }
}

function modelOf({ content, name, version }: AssetBody) {
  // A folder is named after it, so a name that leads elsewhere is refused here too.
  if (!isModelName(name)) throw new CommandFailed(`the server answers with the name ${JSON.stringify(name)}`);
  if (content.kind !== "model") throw new CommandFailed(`${name}:${version} is no model`);
  return { source: content.source, name, version };
}

function snapshotOf(source: ModelSource, model: string): string {
  if (source.kind === "snapshot") return source.id;
  if (source.kind === "datastore") {
    const place = `${source.path} on the datastore ${source.datastore}`;
    throw new CommandFailed(`the files of ${model} are not on the server, but at ${place}`, {
      hint: `A job can fetch them: inputs.model: {path: azureml:${model}, mode: download}. Or take them from the store with its own tools.`,
    });
  }
  const place = source.kind === "uri" ? source.uri : model;
  throw new CommandFailed(`the files of ${model} are not on the server, but at ${place}`, {
    hint: "Fetch them from there, or register a version from files of this machine or of a job.",
  });
}
