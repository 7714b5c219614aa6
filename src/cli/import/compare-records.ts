// What of a run or a logged model of the source is not so here. What is here beyond that does not count.
import type { ImportedModel, ImportedRun } from "../../api/imports.ts";
import type { Pairs } from "./source.ts";

/** Said by the server, which may know the parent by another id. */
const placedHere = new Set(["mlflow.runName", "mlflow.parentRunId"]);

/** Registering says it here, perhaps of other versions. */
const registeredTag = "mlflow.modelVersions";

/** Words for people: each names one thing that differs. */
export function compareRuns(there: ImportedRun, here: ImportedRun): string[] {
  return [
    ...(["name", "user", "status", "startedAt", "endedAt"] as const).filter(
      (key) => there[key] !== here[key],
    ),
    ...(there.deleted && !here.deleted ? ["deleted"] : []),
    ...comparePairs("param", there.params, here.params),
    ...comparePairs(
      "tag",
      there.tags.filter(([key]) => !placedHere.has(key)),
      here.tags,
    ),
    ...there.datasets
      .filter((dataset) => !here.datasets.some((one) => sameDataset(dataset, one)))
      .map(({ name }) => `dataset ${name}`),
    ...there.inputModels.filter((id) => !here.inputModels.includes(id)).map((id) => `input ${id}`),
    ...there.outputModels
      .filter(({ id }) => !here.outputModels.some((one) => one.id === id))
      .map(({ id }) => `output ${id}`),
  ];
}

export function compareModels(there: ImportedModel, here: ImportedModel): string[] {
  const keyOf = (metric: ImportedModel["metrics"][number]) =>
    JSON.stringify([metric.name, metric.datasetName, metric.datasetDigest]);
  const known = new Set(here.metrics.map(keyOf));
  return [
    ...(["name", "modelType", "status", "statusMessage", "createdAt"] as const).filter(
      (key) => there[key] !== here[key],
    ),
    ...(there.deleted && !here.deleted ? ["deleted"] : []),
    ...comparePairs("param", there.params, here.params),
    ...comparePairs(
      "tag",
      there.tags.filter(([key]) => key !== registeredTag),
      here.tags,
    ),
    ...there.metrics.filter((metric) => !known.has(keyOf(metric))).map(({ name }) => `metric ${name}`),
  ];
}

function comparePairs(word: string, there: Pairs, here: Pairs): string[] {
  const known = new Map(here);
  return there.filter(([key, value]) => known.get(key) !== value).map(([key]) => `${word} ${key}`);
}

const sameDataset = (a: ImportedRun["datasets"][number], b: ImportedRun["datasets"][number]): boolean =>
  a.name === b.name &&
  a.digest === b.digest &&
  a.source === b.source &&
  a.sourceType === b.sourceType &&
  a.schema === b.schema &&
  a.profile === b.profile;
