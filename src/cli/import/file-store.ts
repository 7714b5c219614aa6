// MLflow's file store: a folder such as ./mlruns, with a folder for each experiment and each of its runs.
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { columnsOf, readMetricLines } from "./metric-file.ts";
import { findArtifactFolder, listLocalFiles } from "./local-files.ts";
import { listLabelFiles, readLabelFiles } from "./label-files.ts";
import { foldersIn, metaName, readMeta } from "./file-store-folders.ts";
import type { MetaFile } from "./meta-file.ts";
import { listFileModels, listFileRegistry } from "./file-store-models.ts";
import { BrokenSource, readStatus } from "./source.ts";
import type { RunEntry, Source, SourceExperiment, SourceRun } from "./source.ts";

/** What lies beside the runs of an experiment. */
const notRuns = new Set(["tags", "datasets", "traces", "models"]);

export interface FileStoreOptions {
  /** Further folders that may hold the files of runs. */
  artifactRoots: readonly string[];
  onFault: (what: string, error: unknown) => void;
}

export function openFileStore(folder: string, options: FileStoreOptions): Source {
  const root = resolve(folder);
  const places = new Map<string, string>();

  return {
    address: root,
    async listExperiments() {
      const experiments: SourceExperiment[] = [];
      for (const parent of [root, join(root, ".trash")]) {
        for (const name of foldersIn(parent)) {
          // `models` beside the experiments is the registry.
          if (name === ".trash" || (parent === root && name === "models")) continue;
          const place = join(parent, name);
          if (isFilesOnly(place)) continue;
          try {
            const experiment = readExperiment(place, parent !== root);
            places.set(experiment.id, place);
            experiments.push(experiment);
          } catch (error) {
            options.onFault(`experiment ${name}`, error);
          }
        }
      }
      return experiments;
    },

    async listRuns({ id }) {
      const place = places.get(id)!;
      return foldersIn(place)
        .filter((name) => !notRuns.has(name))
        .map((name) => entryOf(join(place, name), place));
    },

    listModels: async ({ id }) => listFileModels(join(places.get(id)!, "models")),

    async listFiles({ uri, folder: first }) {
      const place = findArtifactFolder(uri, {
        base: dirname(root),
        roots: [...options.artifactRoots, root],
        first,
      });
      return place === undefined ? [] : listLocalFiles(place);
    },

    listRegisteredModels: async () => listFileRegistry(join(root, "models"), options.onFault),
    [Symbol.asyncDispose]: async () => {},
  };
}

/** What a database keeps in such a folder: files of runs, and nothing that says what they are. */
const isFilesOnly = (place: string): boolean =>
  !existsSync(join(place, metaName)) &&
  !foldersIn(place).some((name) => existsSync(join(place, name, metaName)));

function readExperiment(place: string, inTrash: boolean): SourceExperiment {
  const meta = readMeta(place);
  const name = meta.text("name");
  if (name === undefined) throw new BrokenSource(`${join(place, metaName)} gives no name`);
  return {
    id: meta.text("experiment_id") ?? basename(place),
    name,
    createdAt: meta.number("creation_time") ?? null,
    updatedAt: meta.number("last_update_time") ?? null,
    deleted: inTrash || meta.text("lifecycle_stage") === "deleted",
    tags: readLabelFiles(join(place, "tags")),
  };
}

function entryOf(place: string, experiment: string): RunEntry {
  let meta: MetaFile | undefined;
  let broken: unknown;
  try {
    meta = readMeta(place);
  } catch (error) {
    broken = error;
  }
  return {
    id: meta?.text("run_id") ?? meta?.text("run_uuid") ?? basename(place),
    deleted: meta?.text("lifecycle_stage") === "deleted",
    async read() {
      if (!meta) throw broken;
      return readRun(place, experiment, readMeta(place));
    },
    async *points(onFault) {
      for (const { name, path } of listLabelFiles(join(place, "metrics"))) {
        const lines = readMetricLines(readFileSync(path, "utf8"), (line, content) =>
          onFault(`line ${line} of ${path} holds no point: ${JSON.stringify(content.slice(0, 80))}`),
        );
        if (lines.length > 0) yield { name, points: columnsOf(lines) };
      }
    },
  };
}

function readRun(place: string, experiment: string, meta: MetaFile): SourceRun {
  const id = meta.text("run_id") ?? meta.text("run_uuid") ?? basename(place);
  const tags = readLabelFiles(join(place, "tags"));
  const faults: string[] = [];
  const startedAt = meta.number("start_time") ?? 0;
  const inputs = linksIn(join(place, "inputs"), faults);
  return {
    id,
    faults,
    files: { run: id, uri: meta.text("artifact_uri") ?? "artifacts", folder: join(place, "artifacts") },
    record: {
      name:
        meta.text("run_name") ||
        tags.find(([key]) => key === "mlflow.runName")?.[1] ||
        meta.text("name") ||
        id,
      user: meta.text("user_id") ?? "",
      status: readStatus(meta.text("status") ?? "RUNNING"),
      startedAt,
      endedAt: meta.number("end_time") ?? null,
      deleted: meta.text("lifecycle_stage") === "deleted",
      params: readLabelFiles(join(place, "params")),
      tags,
      datasets: inputs.flatMap((link) => {
        if (link.text("source_type") !== "DATASET") return [];
        const dataset = datasetIn(join(experiment, "datasets", link.text("source_id") ?? ""), faults);
        return dataset ? [{ ...dataset, tags: link.pairs("tags") }] : [];
      }),
      inputModels: inputs.flatMap((link) => {
        const model = link.text("source_type") === "MODEL" ? link.text("source_id") : undefined;
        return model === undefined ? [] : [model];
      }),
      outputModels: linksIn(join(place, "outputs"), faults).flatMap((link) => {
        const model = link.text("destination_id");
        return model === undefined ? [] : [{ id: model, step: link.number("step") ?? 0 }];
      }),
    },
  };
}

function linksIn(folder: string, faults: string[]): MetaFile[] {
  return foldersIn(folder).flatMap((name) => {
    try {
      return [readMeta(join(folder, name))];
    } catch (error) {
      faults.push((error as Error).message);
      return [];
    }
  });
}

function datasetIn(folder: string, faults: string[]) {
  try {
    const meta = readMeta(folder);
    return {
      name: meta.text("name") ?? basename(folder),
      digest: meta.text("digest") ?? "",
      sourceType: meta.text("source_type") ?? "",
      source: meta.text("source") ?? "",
      schema: meta.text("schema") ?? null,
      profile: meta.text("profile") ?? null,
    };
  } catch (error) {
    faults.push((error as Error).message);
    return undefined;
  }
}
