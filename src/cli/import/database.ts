// MLflow's own SQLite database, opened for reading only. The one place outside the store that speaks SQL: it is
// another project's, and nothing of it is ours to change. Older versions lack tables and columns.
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { SQLInputValue } from "node:sqlite";
import type { ImportedRun } from "../../api/imports.ts";
import { toWireNumber } from "../../core/metric.ts";
import { findArtifactFolder, listLocalFiles } from "./local-files.ts";
import { BrokenSource, readModelStatus, readStatus, restoreInfinity } from "./source.ts";
import type {
  ModelEntry,
  Pairs,
  RunEntry,
  Source,
  SourceExperiment,
  SourceRegisteredModel,
  SourceVersion,
} from "./source.ts";

type Row = Record<string, unknown>;
type Reader = (sql: string, ...values: SQLInputValue[]) => Row[];

const text = (value: unknown): string =>
  typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
const textOrNull = (value: unknown): string | null =>
  value === null || value === undefined ? null : text(value);
const numberOrNull = (value: unknown): number | null =>
  value === null || value === undefined ? null : Number(value);
const pairsOf = (rows: Row[]): Pairs => rows.map((row) => [text(row["key"]), text(row["value"])]);

export function openDatabase(file: string, { artifactRoots }: { artifactRoots: readonly string[] }): Source {
  const path = resolve(file);
  const database = openFile(path);
  const read: Reader = (sql, ...values) => database.prepare(sql).all(...values);
  const tables = new Set(
    read("select name from sqlite_master where type = 'table'").map((row) => text(row["name"])),
  );
  if (!tables.has("experiments") || !tables.has("runs")) {
    database.close();
    throw new BrokenSource(
      `${path} is no database of MLflow: it has no table of experiments and runs`,
      "give the file that `--backend-store-uri sqlite:///…` names, such as mlflow.db",
    );
  }
  /** Nothing, where this version of MLflow had no such table yet. */
  const readFrom = (table: string, sql: string, ...values: SQLInputValue[]): Row[] =>
    tables.has(table) ? read(sql, ...values) : [];
  const columns = (table: string) =>
    new Set(read(`select name from pragma_table_info('${table}')`).map((row) => text(row["name"])));
  const column = (table: string, name: string) => (columns(table).has(name) ? name : `null as ${name}`);

  const experimentColumns = ["creation_time", "last_update_time"]
    .map((name) => column("experiments", name))
    .join(", ");
  const runColumns = column("runs", "name");
  const inputColumns = tables.has("inputs") ? column("inputs", "step") : "";
  const folder = dirname(path);
  const roots = [...artifactRoots, join(folder, "mlruns"), join(folder, "mlartifacts"), folder];

  const readRecord = (row: Row): ImportedRun => {
    const id = text(row["run_uuid"]);
    const tags = pairsOf(read("select key, value from tags where run_uuid = ? order by key", id));
    const links = (from: "destination" | "source", type: string) =>
      readFrom(
        "inputs",
        `select input_uuid, source_id, destination_id, ${inputColumns} from inputs
         where ${from}_id = ? and source_type = ? order by source_id, destination_id`,
        id,
        type,
      );
    return {
      name: text(row["name"]) || tags.find(([key]) => key === "mlflow.runName")?.[1] || id,
      user: text(row["user_id"]),
      status: readStatus(text(row["status"]) || "RUNNING"),
      startedAt: numberOrNull(row["start_time"]) ?? 0,
      endedAt: numberOrNull(row["end_time"]),
      deleted: row["lifecycle_stage"] === "deleted",
      params: pairsOf(read("select key, value from params where run_uuid = ? order by key", id)),
      tags,
      datasets: links("destination", "DATASET").flatMap((link) =>
        readFrom(
          "datasets",
          `select name, digest, dataset_source_type, dataset_source, dataset_schema, dataset_profile
           from datasets where dataset_uuid = ?`,
          text(link["source_id"]),
        ).map((dataset) => ({
          name: text(dataset["name"]),
          digest: text(dataset["digest"]),
          sourceType: text(dataset["dataset_source_type"]),
          source: text(dataset["dataset_source"]),
          schema: textOrNull(dataset["dataset_schema"]),
          profile: textOrNull(dataset["dataset_profile"]),
          tags: pairsOf(
            readFrom(
              "input_tags",
              "select name as key, value from input_tags where input_uuid = ? order by name",
              text(link["input_uuid"]),
            ),
          ),
        })),
      ),
      inputModels: links("source", "RUN_INPUT").map((link) => text(link["destination_id"])),
      outputModels: links("source", "RUN_OUTPUT").map((link) => ({
        id: text(link["destination_id"]),
        step: numberOrNull(link["step"]) ?? 0,
      })),
    };
  };

  const runEntry = (found: Row): RunEntry => {
    const id = text(found["run_uuid"]);
    return {
      id,
      deleted: found["lifecycle_stage"] === "deleted",
      async read() {
        const [row] = read(
          `select run_uuid, user_id, status, start_time, end_time, lifecycle_stage, artifact_uri, ${runColumns}
           from runs where run_uuid = ?`,
          id,
        );
        if (!row) throw new BrokenSource("it was removed meanwhile");
        return {
          id,
          record: readRecord(row),
          files: { run: id, uri: text(row["artifact_uri"]) },
          faults: [],
        };
      },
      async *points() {
        const keys = read("select distinct key from metrics where run_uuid = ? order by key", id);
        for (const { key } of keys) {
          const rows = read(
            "select value, timestamp, step, is_nan from metrics where run_uuid = ? and key = ?",
            id,
            text(key),
          );
          const points = {
            at: rows.map((row) => Number(row["timestamp"])),
            steps: rows.map((row) => Number(row["step"] ?? 0)),
            values: rows.map((row) =>
              row["is_nan"] === 1 || row["value"] === null
                ? Number.NaN
                : restoreInfinity(Number(row["value"])),
            ),
          };
          yield { name: text(key), points };
        }
      },
    };
  };

  const modelEntry = (found: Row): ModelEntry => {
    const id = text(found["model_id"]);
    return {
      id,
      deleted: found["lifecycle_stage"] === "deleted",
      async read() {
        const [row] = read("select * from logged_models where model_id = ?", id);
        if (!row) throw new BrokenSource("it was removed meanwhile");
        const createdAt = Number(row["creation_timestamp_ms"]);
        const labels = (kind: "param" | "tag") =>
          pairsOf(
            read(
              `select ${kind}_key as key, ${kind}_value as value from logged_model_${kind}s where model_id = ?`,
              id,
            ),
          );
        return {
          files: { model: id, uri: text(row["artifact_location"]) },
          record: {
            name: text(row["name"]) || id,
            modelType: textOrNull(row["model_type"]),
            sourceRun: textOrNull(row["source_run_id"]),
            status: readModelStatus(text(row["status"])),
            statusMessage: textOrNull(row["status_message"]),
            createdAt,
            updatedAt: numberOrNull(row["last_updated_timestamp_ms"]) ?? createdAt,
            deleted: row["lifecycle_stage"] === "deleted",
            params: labels("param"),
            tags: labels("tag"),
            metrics: read("select * from logged_model_metrics where model_id = ?", id).map((metric) => ({
              name: text(metric["metric_name"]),
              value: toWireNumber(
                metric["metric_value"] === null
                  ? Number.NaN
                  : restoreInfinity(Number(metric["metric_value"])),
              ),
              step: Number(metric["metric_step"]),
              at: Number(metric["metric_timestamp_ms"]),
              run: text(metric["run_id"]),
              datasetName: text(metric["dataset_name"]),
              datasetDigest: text(metric["dataset_digest"]),
            })),
          },
        };
      },
    };
  };

  return {
    address: path,
    async listExperiments() {
      return read(
        `select cast(experiment_id as text) as id, name, lifecycle_stage, ${experimentColumns} from experiments
         order by experiment_id`,
      ).map((row): SourceExperiment => ({
        id: text(row["id"]),
        name: text(row["name"]),
        createdAt: numberOrNull(row["creation_time"]),
        updatedAt: numberOrNull(row["last_update_time"]),
        deleted: row["lifecycle_stage"] === "deleted",
        tags: pairsOf(
          readFrom(
            "experiment_tags",
            "select key, value from experiment_tags where experiment_id = cast(? as integer) order by key",
            text(row["id"]),
          ),
        ),
      }));
    },
    async listRuns({ id }) {
      return read(
        "select run_uuid, lifecycle_stage from runs where experiment_id = cast(? as integer) order by start_time, run_uuid",
        id,
      ).map(runEntry);
    },
    async listModels({ id }) {
      return readFrom(
        "logged_models",
        "select model_id, lifecycle_stage from logged_models where experiment_id = cast(? as integer) order by creation_timestamp_ms",
        id,
      ).map(modelEntry);
    },
    async listFiles({ uri }) {
      const place = findArtifactFolder(uri, { base: folder, roots });
      return place === undefined ? [] : listLocalFiles(place);
    },
    async listRegisteredModels() {
      return readFrom("registered_models", "select * from registered_models order by name").map((row) =>
        readRegistered(row, readFrom),
      );
    },
    [Symbol.asyncDispose]: async () => database.close(),
  };
}

function openFile(path: string): DatabaseSync {
  if (!existsSync(path)) throw new BrokenSource(`there is no file ${path}`);
  try {
    const database = new DatabaseSync(path, { readOnly: true });
    // It may be in use: a training script may be writing.
    database.exec("pragma busy_timeout = 5000");
    database.prepare("select count(*) from sqlite_master").get();
    return database;
  } catch (error) {
    throw new BrokenSource(`${path} cannot be read as an SQLite database: ${(error as Error).message}`);
  }
}

function readRegistered(
  row: Row,
  readFrom: (table: string, sql: string, ...values: SQLInputValue[]) => Row[],
): SourceRegisteredModel {
  const name = text(row["name"]);
  const versions = readFrom(
    "model_versions",
    "select * from model_versions where name = ? and coalesce(current_stage, '') <> 'Deleted_Internal' order by version",
    name,
  ).map((version): SourceVersion => {
    const source = text(version["source"]);
    return {
      version: Number(version["version"]),
      source,
      run: text(version["run_id"]),
      model: /^models:\/(m-[^/]+)$/.exec(source)?.[1] ?? "",
      description: text(version["description"]),
      stage: text(version["current_stage"]) || "None",
      tags: pairsOf(
        readFrom(
          "model_version_tags",
          "select key, value from model_version_tags where name = ? and version = ? order by key",
          name,
          Number(version["version"]),
        ),
      ),
    };
  });
  return {
    name,
    description: text(row["description"]),
    createdAt: Number(row["creation_time"] ?? 0),
    tags: pairsOf(
      readFrom(
        "registered_model_tags",
        "select key, value from registered_model_tags where name = ? order by key",
        name,
      ),
    ),
    aliases: readFrom(
      "registered_model_aliases",
      "select alias, version from registered_model_aliases where name = ? order by alias",
      name,
    ).map((alias) => ({ alias: text(alias["alias"]), version: Number(alias["version"]) })),
    versions,
  };
}
