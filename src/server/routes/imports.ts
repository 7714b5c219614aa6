// Taking over another tracking store. Every call may be made again: what is here already is found, not doubled.
import { randomUUID } from "node:crypto";
import { digestPoints, sortPoints } from "../../api/digest-points.ts";
import { isJobName } from "../../core/names.ts";
import { toWireNumber } from "../../core/metric.ts";
import type { WireNumber } from "../../core/metric.ts";
import { Refused } from "../../core/refused.ts";
import { linkBlob, listArtifacts } from "../../store/artifacts.ts";
import { recordEvent } from "../../store/events.ts";
import { insertExperiment } from "../../store/experiments.ts";
import { findExperiment, setExperimentTag } from "../../store/find-experiments.ts";
import {
  dateExperiment,
  findImport,
  findStoredModel,
  readAllSeries,
  saveImport,
  setImportedModel,
  setImportedRun,
} from "../../store/imports.ts";
import { emptyLabels, readLabels, setLabels } from "../../store/labels.ts";
import {
  insertLoggedModel,
  linkModels,
  readLinkedModels,
  readModelLabels,
  readModelMetrics,
  saveModelMetric,
  setModelLabels,
} from "../../store/logged-models.ts";
import { appendNewPoints } from "../../store/metrics.ts";
import { readDatasets, saveDatasets } from "../../store/run-datasets.ts";
import { stateOfStatus, statusOf } from "../../store/run-status.ts";
import { findRun } from "../../store/runs.ts";
import type { Db } from "../../store/store.ts";
import { findTrackedRun, insertTrackedRun } from "../../store/tracked-runs.ts";
import type { SomeHandlers } from "../http/app.ts";
import type { ServerContext } from "../context.ts";
import { topics } from "../nudges.ts";

type Pairs = readonly (readonly [string, string])[];

const nameTag = "mlflow.runName";
const parentTag = "mlflow.parentRunId";
const contextTag = "mlflow.data.context";

const labelsOf = (pairs: Pairs): Record<string, string> =>
  Object.assign(emptyLabels<string>(), Object.fromEntries(pairs));
const keyed = (pairs: Pairs) => pairs.map(([key, value]) => ({ key, value }));
const paired = (labels: readonly { key: string; value: string }[]): [string, string][] =>
  labels.map(({ key, value }) => [key, value]);

export function importRoutes(
  context: ServerContext,
): SomeHandlers<
  | "importExperiment"
  | "importRun"
  | "importPoints"
  | "importModel"
  | "importFiles"
  | "importFile"
  | "importedState"
  | "markImport"
> {
  const { store, blobs, clock, nudges } = context;

  const link = async (owner: string, files: { path: string; hash: string; sizeBytes: number }[]) => {
    const at = clock.now();
    const isRun = (await findRun(store.db, owner)) !== undefined;
    if (!isRun && !(await findStoredModel(store.db, owner))) {
      throw new Refused("not-found", `there is no run and no logged model named ${owner}`);
    }
    await store.write(async (tx) => {
      for (const file of files) await linkBlob(tx, owner, { ...file, at });
      if (isRun) await recordEvent(tx, at, owner, { kind: "run.changed", fields: ["artifacts"] });
    });
    nudges.nudge(topics.events);
  };

  return {
    async importExperiment({ body }) {
      const key = { kind: "experiment", origin: body.origin, sourceId: body.sourceId } as const;
      const at = clock.now();
      return store.write(async (tx) => {
        const mapped = await findImport(tx, key);
        const known = mapped === undefined ? undefined : await findExperiment(tx, { id: mapped });
        const id = known?.id ?? (await takeOverExperiment(tx, body, at));
        if (mapped === undefined) await saveImport(tx, key, id);
        for (const [name, value] of body.tags) await setExperimentTag(tx, id, name, value);
        return { id, created: known === undefined };
      });
    },

    async importRun({ body }) {
      const { origin, sourceId } = body;
      const key = { kind: "run", origin, sourceId } as const;
      const at = clock.now();
      const answer = await store.write(async (tx) => {
        if (!(await findExperiment(tx, { id: body.experiment }))) {
          throw new Refused("not-found", `there is no experiment ${body.experiment}`, "import it first");
        }
        const mapped = await findImport(tx, key);
        const over = body.tags.find(([name]) => name === parentTag)?.[1];
        const parent =
          over === undefined ? undefined : ((await findImport(tx, { ...key, sourceId: over })) ?? over);
        const known = mapped === undefined ? undefined : await findTrackedRun(tx, mapped);
        const id = known?.id ?? mapped ?? (await freeRunId(tx, sourceId));
        const run = {
          name: body.name,
          user: body.user,
          startedAt: body.startedAt,
          parent: parent ?? null,
        };
        if (!known) {
          await insertTrackedRun(tx, { ...run, id, experimentId: body.experiment, ofJob: null, at });
          if (mapped === undefined) await saveImport(tx, key, id);
        }
        await setImportedRun(tx, id, {
          ...run,
          state: stateOfStatus[body.status],
          endedAt: body.endedAt,
          archive: body.deleted,
        });
        await setLabels(tx, id, "param", labelsOf(body.params));
        const tags = labelsOf(body.tags);
        delete tags[nameTag];
        if (parent !== undefined) tags[parentTag] = parent;
        await setLabels(tx, id, "tag", tags);
        await saveDatasets(
          tx,
          id,
          body.datasets.map(({ schema, profile, tags: ofDataset, ...dataset }) => ({
            ...dataset,
            schema: schema ?? undefined,
            profile: profile ?? undefined,
            context: ofDataset.find(([name]) => name === contextTag)?.[1] ?? null,
            tags: keyed(ofDataset),
          })),
        );
        await linkModels(
          tx,
          id,
          "input",
          body.inputModels.map((model) => ({ id: model, step: 0 })),
        );
        await linkModels(tx, id, "output", body.outputModels);
        if (known) await recordEvent(tx, at, id, { kind: "run.changed", fields: ["import"] });
        return { id, created: known === undefined };
      });
      nudges.nudge(topics.events);
      return answer;
    },

    async importPoints({ params, body }) {
      for (const { name, at, steps, values } of body.series) {
        if (at.length === steps.length && at.length === values.length) continue;
        throw new Refused("invalid", `the columns of ${name} are not of the same length`);
      }
      const at = clock.now();
      await store.write(async (tx) => {
        const run = await findTrackedRun(tx, params.run);
        if (!run) throw new Refused("not-found", `there is no run named ${params.run}`);
        for (const series of body.series) {
          const points = series.at.map((time, index) => ({
            at: time,
            step: series.steps[index]!,
            value: Number(series.values[index]),
          }));
          if (points.length === 0 || (await appendNewPoints(tx, run.seq, series.name, points))) continue;
          throw new Refused(
            "conflict",
            `the metric ${series.name} of run ${run.id} holds something else than numbers here`,
          );
        }
        const points = body.series.reduce((sum, series) => sum + series.at.length, 0);
        const names = body.series.slice(0, 100).map(({ name }) => name);
        await recordEvent(tx, at, run.id, { kind: "run.metrics", names, points });
      });
      nudges.nudge(topics.events);
      return {};
    },

    async importModel({ body }) {
      const { origin, id, deleted, experiment } = body;
      const key = { kind: "logged-model", origin, sourceId: id } as const;
      return store.write(async (tx) => {
        const mapped = await findImport(tx, key);
        const known = await findStoredModel(tx, id);
        if (known && mapped === undefined) {
          throw new Refused("conflict", `another logged model has the id ${id} here`);
        }
        const sourceRun =
          body.sourceRun === null
            ? null
            : ((await findImport(tx, { kind: "run", origin, sourceId: body.sourceRun })) ?? body.sourceRun);
        const model = { ...body, sourceRun };
        if (!known) await insertLoggedModel(tx, { ...model, experimentId: experiment, ofJob: null });
        if (mapped === undefined) await saveImport(tx, key, id);
        await setImportedModel(tx, { ...model, archive: deleted });
        await setModelLabels(tx, id, "param", keyed(body.params));
        await setModelLabels(tx, id, "tag", keyed(body.tags));
        for (const metric of body.metrics) {
          const run = (await findImport(tx, { kind: "run", origin, sourceId: metric.run })) ?? metric.run;
          await saveModelMetric(tx, id, { ...metric, run, value: Number(metric.value) });
        }
        return { created: !known };
      });
    },

    async importFiles({ body }) {
      const files: { path: string; hash: string; sizeBytes: number }[] = [];
      for (const file of body.files) {
        const sizeBytes = await blobs.size(file.hash);
        if (sizeBytes === undefined) {
          throw new Refused(
            "not-found",
            `the bytes of ${file.path} are not stored here (${file.hash})`,
            "upload them first",
          );
        }
        files.push({ ...file, sizeBytes });
      }
      await link(body.owner, files);
      return { linked: files.length };
    },

    async importFile({ query, body }) {
      const stored = await blobs.write(body);
      await link(query.owner, [{ path: query.path, ...stored }]);
      return stored;
    },

    async importedState({ body }) {
      const runs = [];
      for (const { origin, sourceId } of body.runs) {
        const id = await findImport(store.db, { kind: "run", origin, sourceId });
        runs.push(id === undefined ? null : await showRun(store.db, id));
      }
      const models = [];
      for (const { origin, sourceId } of body.models) {
        const id = await findImport(store.db, { kind: "logged-model", origin, sourceId });
        models.push(id === undefined ? null : await showModel(store.db, id));
      }
      return { runs, models };
    },

    async markImport({ body: { target, ...key } }) {
      return store.write(async (tx) => {
        const said = await findImport(tx, key);
        if (said === undefined && target !== undefined) await saveImport(tx, key, target);
        return { target: said ?? target ?? null };
      });
    },
  };
}

async function takeOverExperiment(
  tx: Db,
  body: {
    sourceId: string;
    name: string;
    createdAt: number | null;
    updatedAt: number | null;
    deleted: boolean;
  },
  now: number,
): Promise<string> {
  // Experiment 0 is everybody's; under another name it is one like any other.
  if (body.sourceId === "0" && body.name === "Default") return "0";
  if (await findExperiment(tx, { name: body.name })) {
    throw new Refused(
      "conflict",
      `there is an experiment named ${JSON.stringify(body.name)} already, and it did not come from there`,
      "import it under another name with --experiment-prefix, or rename one of the two",
    );
  }
  const at = body.createdAt ?? now;
  const id = await insertExperiment(tx, { name: body.name, at });
  await dateExperiment(tx, id, { updatedAt: body.updatedAt ?? at, archived: body.deleted });
  return id;
}

async function freeRunId(tx: Db, wanted: string): Promise<string> {
  const free = isJobName(wanted) && !(await findRun(tx, wanted)) && !(await findStoredModel(tx, wanted));
  return free ? wanted : randomUUID().replaceAll("-", "");
}

async function showRun(db: Db, id: string) {
  const run = await findTrackedRun(db, id);
  if (!run) return null;
  const labels = (await readLabels(db, [id])).get(id);
  const linked = await readLinkedModels(db, [id]);
  const series: { name: string; count: number; hash: string }[] = [];
  for await (const { name, ...columns } of readAllSeries(db, run.seq)) {
    const sorted = sortPoints(columns);
    series.push({ name, count: sorted.at.length, hash: digestPoints(sorted) });
  }
  return {
    id,
    experiment: run.experimentId,
    name: run.name,
    user: run.user,
    status: statusOf(run.state),
    startedAt: run.beginsAt,
    endedAt: run.endedAt,
    deleted: run.deleted,
    params: Object.entries(labels?.param ?? {}),
    tags: Object.entries(labels?.tag ?? {}),
    datasets: ((await readDatasets(db, [id])).get(id) ?? []).map((dataset) => ({
      ...dataset,
      schema: dataset.schema ?? null,
      profile: dataset.profile ?? null,
      tags: paired(dataset.tags),
    })),
    inputModels: linked.filter(({ role }) => role === "input").map(({ model }) => model),
    outputModels: linked
      .filter(({ role }) => role === "output")
      .map(({ model, step }) => ({ id: model, step })),
    series,
    files: await filesOf(db, id),
  };
}

async function showModel(db: Db, id: string) {
  const model = await findStoredModel(db, id);
  if (!model) return null;
  const labels = await readModelLabels(db, id);
  return {
    ...model,
    params: paired(labels.filter(({ kind }) => kind === "param")),
    tags: paired(labels.filter(({ kind }) => kind === "tag")),
    metrics: (await readModelMetrics(db, id)).map((metric) => ({
      ...metric,
      value: toWireNumber(metric.value) satisfies WireNumber,
    })),
    files: await filesOf(db, id),
  };
}

async function filesOf(db: Db, owner: string) {
  const rows = await listArtifacts(db, owner, { prefix: "", after: "", limit: 1_000_000 });
  return rows.map(({ path, sizeBytes, hash }) => ({ path, sizeBytes, hash }));
}
