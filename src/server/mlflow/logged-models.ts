// Logged models on MLflow 3's wire.
import { randomUUID } from "node:crypto";
import { toWireNumber } from "../../core/metric.ts";
import { modelGrammar } from "../../core/search/grammar.ts";
import { openCursor, parseFilter, readIdentifier } from "../../core/search/parse-filter.ts";
import { checkOrder } from "../../core/search/parse-order.ts";
import { newJobName } from "../../lib/ids.ts";
import {
  changeLoggedModel,
  findLoggedModel,
  insertLoggedModel,
  readLoggedModels,
  readModelLabels,
  readModelMetrics,
  removeModelTag,
  setModelLabels,
} from "../../store/logged-models.ts";
import type { LoggedModel, ModelMetric } from "../../store/logged-models.ts";
import { searchModels } from "../../store/search-models.ts";
import type { ModelDataset } from "../../store/search-models.ts";
import { registrationsOf } from "../../store/registry-versions.ts";
import type { Db } from "../../store/store.ts";
import { checkReach } from "./caller.ts";
import { missing } from "./error.ts";
import { activeExperiment, locationOf } from "./experiments.ts";
import { objectsOf, optionalText, pageSize, pairsOf, requiredText, textsOf, wrongField } from "./fields.ts";
import type { Fields } from "./fields.ts";
import type { MlflowRoute, Subject } from "./route.ts";

const statuses = ["LOGGED_MODEL_PENDING", "LOGGED_MODEL_READY", "LOGGED_MODEL_UPLOAD_FAILED"];
// Clients cut the keys of what runs log, but hand the params of an estimator on to its model as they are.
const paramLimits = { key: 6000, value: 6000 };
const tagLimits = { key: 250, value: 8000 };
const byId = (fields: Fields): Subject => ({ models: [optionalText(fields, "model_id") ?? ""] });

export async function modelNamed(db: Db, id: string): Promise<LoggedModel> {
  const model = await findLoggedModel(db, id);
  if (model) return model;
  throw missing(`Logged model with ID '${id}' not found.`);
}

export const modelLocation = (model: LoggedModel): string =>
  `${locationOf({ id: model.experimentId, artifactLocation: model.artifactLocation })}/models/${model.id}/artifacts`;

async function show(db: Db, model: LoggedModel): Promise<object> {
  const labels = await readModelLabels(db, model.id);
  const metrics = await readModelMetrics(db, model.id);
  const registrations = await registrationsOf(db, model.id);
  const pairs = (kind: string) =>
    labels.filter((label) => label.kind === kind).map(({ key, value }) => ({ key, value }));
  const [params, tags] = [pairs("param"), pairs("tag")];
  return {
    info: {
      model_id: model.id,
      experiment_id: model.experimentId,
      name: model.name,
      creation_timestamp_ms: model.createdAt,
      last_updated_timestamp_ms: model.updatedAt,
      artifact_uri: modelLocation(model),
      status: model.status,
      ...(model.modelType !== null && { model_type: model.modelType }),
      ...(model.sourceRun !== null && { source_run_id: model.sourceRun }),
      ...(tags.length > 0 && { tags }),
      ...(registrations.length > 0 && {
        registrations: registrations.map(({ name, version }) => ({ name, version })),
      }),
    },
    data: {
      ...(params.length > 0 && { params }),
      ...(metrics.length > 0 && { metrics: metrics.map((metric) => showMetric(model.id, metric)) }),
    },
  };
}

const showMetric = (model: string, metric: ModelMetric): object => ({
  key: metric.name,
  value: toWireNumber(metric.value),
  timestamp: metric.at,
  step: metric.step,
  model_id: model,
  run_id: metric.run,
  ...(metric.datasetName !== "" && { dataset_name: metric.datasetName }),
  ...(metric.datasetDigest !== "" && { dataset_digest: metric.datasetDigest }),
});

function nameIn(fields: Fields): string {
  const name = optionalText(fields, "name", { max: 500 });
  if (name === undefined || name === "") return newJobName().replaceAll("_", "-");
  if (name.trim() !== "" && !/[/:.%"']/.test(name)) return name;
  throw wrongField(name, "name", `it may not be blank or hold one of / : . % " '`);
}

/** The dataset that an order by a metric is about, if it names one. */
function datasetIn(clause: Fields, place: string): ModelDataset | undefined {
  const name = optionalText(clause, "dataset_name", { place });
  if (!name) return undefined;
  return { name, digest: optionalText(clause, "dataset_digest", { place }) || undefined };
}

export const loggedModelRoutes: readonly MlflowRoute[] = [
  {
    methods: ["POST"],
    path: "/logged-models",
    reach: "own",
    async handle({ context, fields, caller }) {
      const { store, clock } = context;
      const ofJob = caller.kind === "job" ? caller : undefined;
      const experimentId = requiredText(fields, "experiment_id");
      const sourceRun = optionalText(fields, "source_run_id") || null;
      await checkReach(context, caller, {
        experiments: [experimentId],
        runs: sourceRun === null ? [] : [sourceRun],
      });
      const id = `m-${randomUUID().replaceAll("-", "")}`;
      const model = {
        id,
        experimentId,
        name: nameIn(fields),
        modelType: optionalText(fields, "model_type") ?? null,
        sourceRun,
        ofJob: ofJob?.run ?? null,
        status: statuses[0]!,
        createdAt: clock.now(),
      };
      const params = pairsOf(fields, "params", paramLimits);
      const tags = pairsOf(fields, "tags", tagLimits);
      await store.write(async (tx) => {
        await activeExperiment(tx, experimentId);
        await insertLoggedModel(tx, model);
        await setModelLabels(tx, id, "param", params);
        await setModelLabels(tx, id, "tag", tags);
      });
      return { model: await show(store.db, await modelNamed(store.db, id)) };
    },
  },
  {
    methods: ["POST"],
    path: "/logged-models/search",
    reach: "own",
    async handle({ context: { store }, fields, caller }) {
      const order = objectsOf(fields, "order_by").map((clause, index) => ({
        ...readIdentifier(
          openCursor(requiredText(clause, "field_name", { place: `order_by[${index}]` })),
          modelGrammar,
          new Map(),
        ),
        ascending: clause["ascending"] !== false,
        dataset: datasetIn(clause, `order_by[${index}]`),
      }));
      checkOrder(order, modelGrammar);
      const { ids, next } = await searchModels(store.db, {
        experiments: textsOf(fields, "experiment_ids"),
        filter: parseFilter(optionalText(fields, "filter") ?? "", modelGrammar),
        order,
        datasets: objectsOf(fields, "datasets").map((dataset, index) => ({
          name: requiredText(dataset, "dataset_name", { place: `datasets[${index}]` }),
          digest: optionalText(dataset, "dataset_digest") || undefined,
        })),
        limit: pageSize(fields, 100, 1000),
        token: optionalText(fields, "page_token"),
        ofJob: caller.kind === "job" ? caller.run : undefined,
      });
      const models: object[] = [];
      for (const model of await readLoggedModels(store.db, ids)) models.push(await show(store.db, model));
      return { ...(models.length > 0 && { models }), ...(next !== undefined && { next_page_token: next }) };
    },
  },
  {
    methods: ["GET"],
    path: "/logged-models/:model_id",
    reach: byId,
    async handle({ context: { store }, fields }) {
      return { model: await show(store.db, await modelNamed(store.db, requiredText(fields, "model_id"))) };
    },
  },
  {
    methods: ["PATCH"],
    path: "/logged-models/:model_id",
    reach: byId,
    async handle({ context: { store, clock }, fields }) {
      const id = requiredText(fields, "model_id");
      const given = fields["status"];
      const status = typeof given === "number" ? statuses[given - 1] : statuses.find((one) => one === given);
      if (status === undefined) throw wrongField(given, "status", `expected one of ${statuses.join(", ")}`);
      await store.write(async (tx) => {
        await modelNamed(tx, id);
        await changeLoggedModel(tx, id, { status, at: clock.now() });
      });
      return { model: await show(store.db, await modelNamed(store.db, id)) };
    },
  },
  {
    methods: ["DELETE"],
    path: "/logged-models/:model_id",
    reach: "user",
    async handle({ context: { store, clock }, fields }) {
      const id = requiredText(fields, "model_id");
      await store.write(async (tx) => {
        await modelNamed(tx, id);
        await changeLoggedModel(tx, id, { deleted: true, at: clock.now() });
      });
      return {};
    },
  },
  {
    methods: ["PATCH"],
    path: "/logged-models/:model_id/tags",
    reach: byId,
    async handle({ context: { store, clock }, fields }) {
      const id = requiredText(fields, "model_id");
      const tags = pairsOf(fields, "tags", tagLimits);
      await store.write(async (tx) => {
        await modelNamed(tx, id);
        await setModelLabels(tx, id, "tag", tags);
        await changeLoggedModel(tx, id, { at: clock.now() });
      });
      return {};
    },
  },
  {
    methods: ["DELETE"],
    path: "/logged-models/:model_id/tags/:key",
    reach: byId,
    async handle({ context: { store }, fields }) {
      const id = requiredText(fields, "model_id");
      const key = requiredText(fields, "key");
      await store.write(async (tx) => {
        await modelNamed(tx, id);
        if (!(await removeModelTag(tx, id, key))) throw missing(`No tag with key '${key}' for model '${id}'`);
      });
      return {};
    },
  },
  {
    methods: ["POST"],
    path: "/logged-models/:model_id/params",
    reach: byId,
    async handle({ context: { store }, fields }) {
      const id = requiredText(fields, "model_id");
      const params = pairsOf(fields, "params", paramLimits);
      await store.write(async (tx) => {
        await modelNamed(tx, id);
        await setModelLabels(tx, id, "param", params);
      });
      return {};
    },
  },
];
