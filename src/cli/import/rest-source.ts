// A tracking server read through MLflow's REST interface: the official one, version 2 or 3, or another like it.
import { toWireNumber } from "../../core/metric.ts";
import {
  experimentsAnswer,
  filesAnswer,
  historyAnswer,
  loggedModelAnswer,
  loggedModelsAnswer,
  registeredModelsAnswer,
  runAnswer,
  runsAnswer,
  versionsAnswer,
} from "./rest-answers.ts";
import { RestRefused } from "./rest-client.ts";
import type { RestClient } from "./rest-client.ts";
import { BrokenSource, readModelStatus, readStatus, restoreInfinity } from "./source.ts";
import type {
  FilesPlace,
  ModelEntry,
  RunEntry,
  Source,
  SourceExperiment,
  SourceFile,
  SourceRun,
} from "./source.ts";

const api = "/api/2.0/mlflow";
const ui = "/ajax-api/2.0/mlflow";

/** Asks for page after page. */
async function* pages<T extends { next_page_token?: string | undefined }>(
  read: (token: string | undefined) => Promise<T>,
): AsyncGenerator<T> {
  for (let token: string | undefined; ;) {
    const page = await read(token);
    yield page;
    if (page.next_page_token === undefined || page.next_page_token === "") return;
    token = page.next_page_token;
  }
}

const encodePath = (path: string): string => path.split("/").map(encodeURIComponent).join("/");

export function openRestSource(client: RestClient, address: string): Source {
  const readRun = async (id: string) =>
    runAnswer.parse(await client.get(`${api}/runs/get`, { run_id: id })).run;

  const runEntry = (id: string, deleted: boolean): RunEntry => {
    let metricNames: string[] | undefined;
    return {
      id,
      deleted,
      async read() {
        const run = await readRun(id);
        metricNames = run.data.metrics.map(({ key }) => key);
        return recordOf(run);
      },
      async *points() {
        metricNames ??= (await readRun(id)).data.metrics.map(({ key }) => key);
        for (const name of metricNames) {
          const points = { at: [] as number[], steps: [] as number[], values: [] as number[] };
          const read = async (token: string | undefined) =>
            historyAnswer.parse(
              await client.get(`${api}/metrics/get-history`, {
                run_id: id,
                metric_key: name,
                max_results: 25_000,
                page_token: token,
              }),
            );
          for await (const { metrics } of pages(read)) {
            for (const { timestamp, step, value } of metrics) {
              points.at.push(timestamp);
              points.steps.push(step);
              points.values.push(restoreInfinity(value));
            }
          }
          yield { name, points };
        }
      },
    };
  };

  /** The names in one folder, with paths from the run's or the model's own root. */
  const listFolder = async (place: FilesPlace, folder: string) => {
    const found: { path: string; is_dir: boolean; file_size: number }[] = [];
    const read = async (token: string | undefined) =>
      filesAnswer.parse(
        "run" in place
          ? await client.get(`${api}/artifacts/list`, { run_id: place.run, path: folder, page_token: token })
          : await client.get(
              `${api}/logged-models/${encodeURIComponent(place.model)}/artifacts/directories`,
              {
                artifact_directory_path: folder === "" ? undefined : folder,
                page_token: token,
              },
            ),
      );
    for await (const { files } of pages(read)) found.push(...files);
    return found;
  };

  const open = async (place: FilesPlace, path: string, signal: AbortSignal) => {
    let why = "it is listed, but the server has no such file";
    for (const way of waysTo(place, path)) {
      try {
        const body = await client.bytes(way, signal);
        if (body) return body;
      } catch (error) {
        if (signal.aborted || !(error instanceof RestRefused)) throw error;
        why = error.message;
      }
    }
    throw new BrokenSource(why, "the server does not give it out: import from its folder or database itself");
  };

  return {
    address,
    async listExperiments() {
      const found: SourceExperiment[] = [];
      const read = async (token: string | undefined) =>
        experimentsAnswer.parse(
          await client.send("POST", `${api}/experiments/search`, {
            max_results: 1000,
            view_type: "ALL",
            ...(token !== undefined && { page_token: token }),
          }),
        );
      for await (const { experiments } of pages(read)) {
        for (const one of experiments) {
          found.push({
            id: one.experiment_id,
            name: one.name,
            createdAt: one.creation_time ?? null,
            updatedAt: one.last_update_time ?? null,
            deleted: one.lifecycle_stage === "deleted",
            tags: one.tags,
          });
        }
      }
      return found.reverse();
    },

    async listRuns({ id }) {
      const found: RunEntry[] = [];
      const read = async (token: string | undefined) =>
        runsAnswer.parse(
          await client.send("POST", `${api}/runs/search`, {
            experiment_ids: [id],
            run_view_type: "ALL",
            max_results: 1000,
            order_by: ["attributes.start_time ASC"],
            ...(token !== undefined && { page_token: token }),
          }),
        );
      for await (const { runs } of pages(read)) {
        for (const { info } of runs) found.push(runEntry(info.run_id, info.lifecycle_stage === "deleted"));
      }
      return found;
    },

    async listModels({ id }) {
      const found: ModelEntry[] = [];
      const read = async (token: string | undefined) =>
        loggedModelsAnswer.parse(
          await client.send("POST", `${api}/logged-models/search`, {
            experiment_ids: [id],
            max_results: 50,
            ...(token !== undefined && { page_token: token }),
          }),
        );
      try {
        for await (const { models } of pages(read)) {
          for (const { info } of models) found.push(modelEntry(client, info.model_id));
        }
      } catch (error) {
        // MLflow 2 has no logged models.
        if (!(error instanceof RestRefused && (error.status === 404 || error.status === 405))) throw error;
      }
      return found;
    },

    async listFiles(place) {
      const files: SourceFile[] = [];
      const waiting = [""];
      for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
        for (const { path, is_dir, file_size } of await listFolder(place, folder)) {
          if (is_dir) waiting.push(path);
          else files.push({ path, sizeBytes: file_size, open: (signal) => open(place, path, signal) });
        }
      }
      return files.sort((a, b) => (a.path < b.path ? -1 : 1));
    },

    listRegisteredModels: () => readRegistry(client),
    [Symbol.asyncDispose]: async () => client.close(),
  };
}

/** Straight from the proxied folder where there is one, else by the ways that MLflow's own pages use. */
function waysTo(place: FilesPlace, path: string): string[] {
  const inside = /^mlflow-artifacts:(?:\/\/[^/]*)?\/*(.*)$/i.exec(place.uri)?.[1];
  const query = encodeURIComponent(path);
  return [
    ...(inside === undefined
      ? []
      : [`/api/2.0/mlflow-artifacts/artifacts/${encodePath(`${inside.replace(/\/+$/, "")}/${path}`)}`]),
    "run" in place
      ? `/get-artifact?run_id=${encodeURIComponent(place.run)}&path=${query}`
      : `${ui}/logged-models/${encodeURIComponent(place.model)}/artifacts/files?artifact_file_path=${query}`,
  ];
}

function recordOf(run: ReturnType<(typeof runAnswer)["parse"]>["run"]): SourceRun {
  const { info, data, inputs, outputs } = run;
  return {
    id: info.run_id,
    faults: [],
    files: { run: info.run_id, uri: info.artifact_uri },
    record: {
      name: info.run_name || data.tags.find(([key]) => key === "mlflow.runName")?.[1] || info.run_id,
      user: info.user_id,
      status: readStatus(info.status),
      startedAt: info.start_time,
      endedAt: info.end_time ?? null,
      deleted: info.lifecycle_stage === "deleted",
      params: data.params,
      tags: data.tags,
      datasets: inputs.dataset_inputs.map(({ dataset, tags }) => ({
        name: dataset.name,
        digest: dataset.digest,
        sourceType: dataset.source_type,
        source: dataset.source,
        schema: dataset.schema ?? null,
        profile: dataset.profile ?? null,
        tags,
      })),
      inputModels: inputs.model_inputs.map(({ model_id }) => model_id),
      outputModels: outputs.model_outputs.map(({ model_id, step }) => ({ id: model_id, step })),
    },
  };
}

const modelEntry = (client: RestClient, id: string): ModelEntry => ({
  id,
  deleted: false,
  async read() {
    const answer = await client.get(`${api}/logged-models/${encodeURIComponent(id)}`);
    const { info, data } = loggedModelAnswer.parse(answer).model;
    return {
      files: { model: id, uri: info.artifact_uri },
      record: {
        name: info.name || id,
        modelType: info.model_type ?? null,
        sourceRun: info.source_run_id || null,
        status: readModelStatus(info.status),
        statusMessage: info.status_message ?? null,
        createdAt: info.creation_timestamp_ms,
        updatedAt: info.last_updated_timestamp_ms,
        deleted: false,
        params: data.params,
        tags: info.tags,
        metrics: data.metrics.map((metric) => ({
          name: metric.key,
          value: toWireNumber(restoreInfinity(metric.value)),
          step: metric.step,
          at: metric.timestamp,
          run: metric.run_id,
          datasetName: metric.dataset_name,
          datasetDigest: metric.dataset_digest,
        })),
      },
    };
  },
});

/** A name with both kinds of quotes cannot be asked for; nobody has one. */
const nameIs = (name: string): string => (name.includes("'") ? `name = "${name}"` : `name = '${name}'`);

/** All registered models, or the one of that name. */
export async function readRegistry(client: RestClient, only?: string) {
  const found: Awaited<ReturnType<Source["listRegisteredModels"]>> = [];
  const read = async (token: string | undefined) =>
    registeredModelsAnswer.parse(
      await client.get(`${api}/registered-models/search`, {
        max_results: 1000,
        page_token: token,
        filter: only === undefined ? undefined : nameIs(only),
      }),
    );
  for await (const { registered_models } of pages(read)) {
    for (const model of registered_models) {
      const versions = async (token: string | undefined) =>
        versionsAnswer.parse(
          await client.get(`${api}/model-versions/search`, {
            filter: nameIs(model.name),
            max_results: 10_000,
            page_token: token,
          }),
        );
      const list: (typeof found)[number]["versions"] = [];
      for await (const { model_versions } of pages(versions)) {
        for (const { run_id, model_id, current_stage, ...version } of model_versions) {
          const model = model_id || (/^models:\/(m-[^/]+)$/.exec(version.source)?.[1] ?? "");
          list.push({ ...version, run: run_id, model, stage: current_stage });
        }
      }
      found.push({
        name: model.name,
        description: model.description,
        createdAt: model.creation_timestamp,
        tags: model.tags,
        aliases: model.aliases,
        versions: list.sort((a, b) => a.version - b.version),
      });
    }
  }
  return found;
}
