// Logged models and the model registry of MLflow's file store.
import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { ImportedModel } from "../../api/imports.ts";
import { toWireNumber } from "../../core/metric.ts";
import { foldersIn, readMeta } from "./file-store-folders.ts";
import { listLabelFiles, readLabelFiles } from "./label-files.ts";
import { readMetricLines } from "./metric-file.ts";
import { readModelStatus } from "./source.ts";
import type { ModelEntry, SourceRegisteredModel, SourceVersion } from "./source.ts";

export const listFileModels = (folder: string): ModelEntry[] =>
  foldersIn(folder).map((name) => {
    const place = join(folder, name);
    return {
      id: name,
      deleted: isDeleted(place),
      read: async () => {
        const meta = readMeta(place);
        const uri = meta.text("artifact_location") ?? "artifacts";
        return { record: readModel(place), files: { model: name, uri, folder: join(place, "artifacts") } };
      },
    };
  });

function isDeleted(place: string): boolean {
  try {
    return readMeta(place).text("lifecycle_stage") === "deleted";
  } catch {
    // Reading it whole will say what is wrong with it.
    return false;
  }
}

function readModel(place: string): ImportedModel {
  const meta = readMeta(place);
  const createdAt = meta.number("creation_timestamp") ?? 0;
  return {
    name: meta.text("name") ?? basename(place),
    modelType: meta.text("model_type") ?? null,
    sourceRun: meta.text("source_run_id") ?? null,
    status: readModelStatus(meta.text("status") ?? ""),
    statusMessage: meta.text("status_message") ?? null,
    createdAt,
    updatedAt: meta.number("last_updated_timestamp") ?? createdAt,
    deleted: meta.text("lifecycle_stage") === "deleted",
    params: readLabelFiles(join(place, "params")),
    tags: readLabelFiles(join(place, "tags")),
    metrics: listLabelFiles(join(place, "metrics")).flatMap(({ name, path }) =>
      readMetricLines(readFileSync(path, "utf8"), () => {}).map(({ at, value, step, rest }) => ({
        name,
        at,
        step,
        value: toWireNumber(value),
        run: rest[0] ?? "",
        // A dataset's name may hold spaces; its digest does not.
        datasetName: rest.slice(1, -1).join(" "),
        datasetDigest: rest.length > 2 ? rest.at(-1)! : "",
      })),
    ),
  };
}

export function listFileRegistry(
  folder: string,
  onFault: (what: string, error: unknown) => void,
): SourceRegisteredModel[] {
  return foldersIn(folder).flatMap((name) => {
    try {
      return [readRegistered(join(folder, name), onFault)];
    } catch (error) {
      onFault(`registered model ${name}`, error);
      return [];
    }
  });
}

function readRegistered(
  place: string,
  onFault: (what: string, error: unknown) => void,
): SourceRegisteredModel {
  const meta = readMeta(place);
  const name = meta.text("name") ?? basename(place);
  const versions: SourceVersion[] = [];
  for (const folder of foldersIn(place).filter((one) => one.startsWith("version-"))) {
    try {
      const version = readVersion(join(place, folder));
      if (version) versions.push(version);
    } catch (error) {
      onFault(`registered model ${name}, ${folder}`, error);
    }
  }
  return {
    name,
    description: meta.text("description") ?? "",
    createdAt: meta.number("creation_timestamp") ?? 0,
    tags: readLabelFiles(join(place, "tags")),
    aliases: existsSync(join(place, "aliases"))
      ? readLabelFiles(join(place, "aliases")).map(([alias, version]) => ({
          alias,
          version: Number(version),
        }))
      : [],
    versions: versions.sort((a, b) => a.version - b.version),
  };
}

/** Undefined for one that was deleted: MLflow keeps its number alone. */
function readVersion(place: string): SourceVersion | undefined {
  const meta = readMeta(place);
  const stage = meta.text("current_stage") ?? "None";
  if (stage === "Deleted_Internal") return undefined;
  return {
    version: meta.number("version") ?? Number(basename(place).slice("version-".length)),
    source: meta.text("source") ?? "",
    run: meta.text("run_id") ?? "",
    model: meta.text("model_id") ?? "",
    description: meta.text("description") ?? "",
    stage,
    tags: readLabelFiles(join(place, "tags")),
  };
}
