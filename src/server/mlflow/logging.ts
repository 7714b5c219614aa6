// What runs log over MLflow's wire: params, metrics, tags, datasets, models. A batch is stored whole or not at all.
import { emptyLabels, readLabels, setLabels } from "../../store/labels.ts";
import { recordEvent } from "../../store/events.ts";
import { linkModels, saveModelMetric } from "../../store/logged-models.ts";
import { appendCalls } from "../../store/append-points.ts";
import type { NamedPoint } from "../../store/append-points.ts";
import { saveDatasets } from "../../store/run-datasets.ts";
import type { LogOutcome } from "../../store/log-points.ts";
import type { Db } from "../../store/store.ts";
import type { TrackedRun } from "../../store/tracked-runs.ts";
import type { ServerContext } from "../context.ts";
import { topics } from "../nudges.ts";
import { invalid, missing } from "./error.ts";
import {
  asObject,
  objectsOf,
  optionalInteger,
  optionalText,
  pairIn,
  pairsOf,
  requiredInteger,
  requiredNumber,
  requiredText,
  runIdOf,
  wrongField,
} from "./fields.ts";
import type { Fields, Pair } from "./fields.ts";
import type { MlflowRoute } from "./route.ts";
import { activeRun, addingToRun, deletedRun, nameTag, noSuchRun, ofRun, saveTags } from "./runs.ts";

interface LoggedPoint extends NamedPoint {
  step: number;
  model: string | undefined;
  datasetName: string;
  datasetDigest: string;
}

interface Logged {
  metrics?: readonly LoggedPoint[];
  params?: readonly Pair[];
  tags?: readonly Pair[];
}

const longestKey = 250;
const longestParam = 6000;
const longestTag = 8000;

function pointIn(fields: Fields, place = ""): LoggedPoint {
  const key = requiredText(fields, "key", { place, max: longestKey });
  checkMetricName(key, place);
  const at = requiredInteger(fields, "timestamp", place);
  if (at < 0) throw wrongField(at, place === "" ? "timestamp" : `${place}.timestamp`, "expected 0 or more");
  return {
    key,
    value: requiredNumber(fields, "value", place),
    at,
    step: optionalInteger(fields, "step", place) ?? 0,
    model: optionalText(fields, "model_id", { place }) || undefined,
    datasetName: optionalText(fields, "dataset_name", { place }) ?? "",
    datasetDigest: optionalText(fields, "dataset_digest", { place }) ?? "",
  };
}

/** What clients send nearly always, taken without the words that an error would need. */
function plainPoint(fields: Fields): LoggedPoint | undefined {
  const { key, value, timestamp: at, step = 0, model_id, dataset_name, dataset_digest } = fields;
  if (typeof key !== "string" || key.length > longestKey || !/^[\w\- :]+(\/[\w\- :]+)*$/.test(key))
    return undefined;
  if (typeof value !== "number" || !isWhole(at) || at < 0 || !isWhole(step)) return undefined;
  const isOfRunAlone = (model_id ?? dataset_name ?? dataset_digest ?? undefined) === undefined;
  return isOfRunAlone
    ? { key, value, at, step, model: undefined, datasetName: "", datasetDigest: "" }
    : undefined;
}

/** -0 is no whole number of ours. */
const isWhole = (value: unknown): value is number => Number.isSafeInteger(value) && !Object.is(value, -0);

function checkMetricName(name: string, place: string): void {
  const parts = name.split("/");
  const isPath =
    parts.every((part) => part !== "" && part !== "..") && (name === "." || !parts.includes("."));
  if (isPath && /^[\p{L}\p{N}_\-. /:]+$/u.test(name)) return;
  throw wrongField(
    name,
    place === "" ? "key" : `${place}.key`,
    "Names may only contain letters, digits, _ - . : / and spaces, and no empty, . or .. part between slashes",
  );
}

async function store(context: ServerContext, id: string, logged: Logged): Promise<object> {
  const { clock, nudges } = context;
  const { metrics = [], params = [], tags = [] } = logged;
  const at = clock.now();
  const isPointsAlone = params.length === 0 && tags.length === 0;
  if (metrics.length > 0 && isPointsAlone && metrics.every(({ model }) => model === undefined)) {
    refuseUnlessStored(id, await context.store.logPoints(id, metrics, at));
    nudges.nudge(topics.events);
    return {};
  }
  await context.store.write(async (tx) => {
    const run = await activeRun(tx, id);
    await saveParams(tx, run, params);
    await savePoints(tx, run, metrics);
    await saveTags(tx, id, tags);
    if (metrics.length > 0) {
      const names = [...new Set(metrics.map(({ key }) => key))].slice(0, 100);
      await recordEvent(tx, at, id, { kind: "run.metrics", names, points: metrics.length });
    }
    if (params.length > 0) {
      await recordEvent(tx, at, id, { kind: "run.params", keys: params.map(({ key }) => key) });
    }
    if (tags.length > 0) await recordEvent(tx, at, id, { kind: "run.changed", fields: ["tag"] });
  });
  nudges.nudge(topics.events);
  return {};
}

function refuseUnlessStored(run: string, outcome: LogOutcome): void {
  switch (outcome.kind) {
    case "stored":
      return;
    case "no-run":
      throw noSuchRun(run);
    case "deleted-run":
      throw deletedRun(run);
    case "no-series-of-numbers":
      throw noSeriesOfNumbers(run, outcome.name);
  }
}

const noSeriesOfNumbers = (run: string, name: string) =>
  invalid(`The metric '${name}' of run ${run} is no series of numbers; take another name`);

async function saveParams(tx: Db, run: TrackedRun, params: readonly Pair[]): Promise<void> {
  if (params.length === 0) return;
  const known = (await readLabels(tx, [run.id])).get(run.id)?.param ?? emptyLabels<string>();
  const fresh = emptyLabels<string>();
  const conflicts: { key: string; old: string; value: string }[] = [];
  for (const { key, value } of params) {
    const old = known[key];
    if (old === undefined) fresh[key] = value;
    else if (old !== value) conflicts.push({ key, old, value });
  }
  if (conflicts.length > 0) throw changedParams(run.id, conflicts, params.length);
  await setLabels(tx, run.id, "param", fresh);
}

function changedParams(
  run: string,
  conflicts: readonly { key: string; old: string; value: string }[],
  sent: number,
) {
  const [first] = conflicts;
  if (first !== undefined && sent === 1) {
    return invalid(
      `Changing param values is not allowed. Param with key='${first.key}' was already logged with value='${first.old}' for run ID='${run}'. Attempted logging new value '${first.value}'.`,
    );
  }
  const shown = conflicts.map(
    ({ key, old, value }) => `{'key': '${key}', 'old_value': '${old}', 'new_value': '${value}'}`,
  );
  return invalid(
    `Changing param values is not allowed. Params were already logged for run ID='${run}': [${shown.join(", ")}]`,
  );
}

async function savePoints(tx: Db, run: TrackedRun, points: readonly LoggedPoint[]): Promise<void> {
  const [refused] = await appendCalls(tx, run.seq, [points]);
  if (refused !== undefined) throw noSeriesOfNumbers(run.id, refused);
  for (const { key, model, ...point } of points) {
    if (model !== undefined) await saveModelMetric(tx, model, { run: run.id, name: key, ...point });
  }
}

function checkBatch(fields: Fields): void {
  const counts = { metrics: 1000, params: 100, tags: 100 };
  let total = 0;
  for (const [name, most] of Object.entries(counts)) {
    const given = fields[name];
    const count = Array.isArray(given) ? given.length : 0;
    if (count > most) {
      throw invalid(`A batch logging request can contain at most ${most} ${name}. Got ${count} ${name}.`);
    }
    total += count;
  }
  if (total > 1000) {
    throw invalid(
      `A batch logging request can contain at most 1000 metrics, params and tags in total. Got ${total}.`,
    );
  }
}

export const loggingRoutes: readonly MlflowRoute[] = [
  {
    methods: ["POST"],
    path: "/runs/log-metric",
    reach: addingToRun,
    handle: async ({ context, fields }) =>
      store(context, runIdOf(fields), { metrics: [plainPoint(fields) ?? pointIn(fields)] }),
  },
  {
    methods: ["POST"],
    path: "/runs/log-parameter",
    reach: addingToRun,
    handle: async ({ context, fields }) =>
      store(context, runIdOf(fields), {
        params: [pairIn(fields, { key: longestKey, value: longestParam })],
      }),
  },
  {
    methods: ["POST"],
    path: "/runs/set-tag",
    reach: addingToRun,
    handle: async ({ context, fields }) =>
      store(context, runIdOf(fields), {
        tags: [pairIn(fields, { key: longestKey, value: longestTag })],
      }),
  },
  {
    methods: ["POST"],
    path: "/runs/delete-tag",
    reach: ofRun,
    async handle({ context, fields }) {
      const id = runIdOf(fields);
      const key = requiredText(fields, "key");
      await context.store.write(async (tx) => {
        await activeRun(tx, id);
        if (key === nameTag) {
          throw invalid(`${nameTag} is the name of run ${id}, and every run has one: set another name`);
        }
        const tags = (await readLabels(tx, [id])).get(id)?.tag;
        if (!tags || !Object.hasOwn(tags, key))
          throw missing(`No tag with name: ${key} in run with id ${id}`);
        await setLabels(tx, id, "tag", Object.assign(emptyLabels<null>(), { [key]: null }));
      });
      return {};
    },
  },
  {
    methods: ["POST"],
    path: "/runs/log-batch",
    reach: addingToRun,
    async handle({ context, fields }) {
      checkBatch(fields);
      const metrics = objectsOf(fields, "metrics").map(
        (point, index) => plainPoint(point) ?? pointIn(point, `metrics[${index}]`),
      );
      const params = pairsOf(fields, "params", { key: longestKey, value: longestParam });
      const tags = pairsOf(fields, "tags", { key: longestKey, value: longestTag });
      const keys = new Set(params.map(({ key }) => key));
      if (keys.size < params.length) {
        const twice = params.find(({ key }, index) => params.findIndex((one) => one.key === key) < index);
        throw invalid(`Duplicate parameter keys have been submitted: ${twice?.key}`);
      }
      return store(context, runIdOf(fields), { metrics, params, tags });
    },
  },
  {
    methods: ["POST"],
    path: "/runs/log-inputs",
    reach: ofRun,
    async handle({ context, fields }) {
      const id = runIdOf(fields);
      const datasets = objectsOf(fields, "datasets").map((input, index) => {
        const place = `datasets[${index}]`;
        const dataset = asObject(input["dataset"] ?? {}, `${place}.dataset`);
        const inside = `${place}.dataset`;
        const tags = pairsOf(input, "tags", { key: 255, value: 500, isExact: true }, place);
        return {
          name: requiredText(dataset, "name", { place: inside, max: 500 }),
          digest: requiredText(dataset, "digest", { place: inside, max: 36 }),
          sourceType: optionalText(dataset, "source_type", { place: inside }) ?? "",
          source: optionalText(dataset, "source", { place: inside, max: 65_535 }) ?? "",
          schema: optionalText(dataset, "schema", { place: inside, max: 1_048_575 }),
          profile: optionalText(dataset, "profile", { place: inside, max: 16_777_215 }),
          context: tags.find(({ key }) => key === "mlflow.data.context")?.value ?? null,
          tags,
        };
      });
      if (datasets.length > 1000) throw invalid("At most 1000 datasets can be logged in one request");
      const models = modelsIn(fields);
      await context.store.write(async (tx) => {
        await activeRun(tx, id);
        await saveDatasets(tx, id, datasets);
        await linkModels(tx, id, "input", models);
      });
      return {};
    },
  },
  {
    methods: ["POST"],
    path: "/runs/outputs",
    reach: ofRun,
    async handle({ context, fields }) {
      const id = runIdOf(fields);
      const models = modelsIn(fields);
      await context.store.write(async (tx) => {
        await activeRun(tx, id);
        await linkModels(tx, id, "output", models);
      });
      return {};
    },
  },
  {
    methods: ["POST"],
    path: "/runs/log-model",
    reach: ofRun,
    async handle({ context, fields }) {
      const id = runIdOf(fields);
      const model = modelIn(requiredText(fields, "model_json"));
      const key = "mlflow.log-model.history";
      await context.store.write(async (tx) => {
        await activeRun(tx, id);
        const known = (await readLabels(tx, [id])).get(id)?.tag[key];
        const history = known === undefined ? [] : (JSON.parse(known) as unknown[]);
        await setLabels(tx, id, "tag", { [key]: JSON.stringify([...history, model]) });
      });
      return {};
    },
  },
];

const modelsIn = (fields: Fields) =>
  objectsOf(fields, "models").map((model, index) => ({
    id: requiredText(model, "model_id", { place: `models[${index}]` }),
    step: optionalInteger(model, "step", `models[${index}]`) ?? 0,
  }));

function modelIn(text: string): Fields {
  let model: Fields;
  try {
    model = asObject(JSON.parse(text), "model_json");
  } catch {
    throw invalid("Malformed model info: model_json is not a JSON object");
  }
  const lacking = ["artifact_path", "flavors", "utc_time_created", "run_id"].filter((key) => !(key in model));
  if (lacking.length === 0) return model;
  throw invalid(`Model json is missing mandatory fields: ${lacking.join(", ")}`);
}
