// A run as MLflow's clients read it.
import { toWireNumber } from "../../core/metric.ts";
import { readLinkedModels } from "../../store/logged-models.ts";
import { readDatasets } from "../../store/run-datasets.ts";
import { statusOf } from "../../store/run-status.ts";
import type { Db } from "../../store/store.ts";
import { chunks, readLatestMetrics, readManyLabels } from "../../store/tracked-runs.ts";
import type { TrackedRun } from "../../store/tracked-runs.ts";
import { isFinal } from "../../core/job.ts";
import type { JobState } from "../../core/job.ts";
import { locationOf } from "./experiments.ts";

export const runLocation = (run: TrackedRun): string =>
  `${locationOf({ id: run.experimentId, artifactLocation: run.artifactLocation })}/${run.id}/artifacts`;

export const showInfo = (run: TrackedRun) => ({
  run_id: run.id,
  run_uuid: run.id,
  run_name: run.name,
  experiment_id: run.experimentId,
  user_id: run.user,
  status: statusOf(run.state),
  start_time: run.beginsAt,
  ...(run.endedAt !== null && isFinal(run.state as JobState) && { end_time: run.endedAt }),
  artifact_uri: runLocation(run),
  lifecycle_stage: run.deleted ? "deleted" : "active",
});

export async function showRuns(db: Db, runs: readonly TrackedRun[]): Promise<object[]> {
  const ids = runs.map((run) => run.id);
  const metrics = await readLatestMetrics(
    db,
    runs.map((run) => run.seq),
  );
  const labelsOf = await readManyLabels(db, ids);
  const datasets = await readDatasets(db, ids);
  const models: Awaited<ReturnType<typeof readLinkedModels>> = [];
  for (const some of chunks(ids)) models.push(...(await readLinkedModels(db, some)));
  const linked = Map.groupBy(models, ({ run }) => run);
  return runs.map((run) => {
    const labels = labelsOf(run.id);
    const tags = tagsOf(run, labels.tag);
    const params = Object.entries(labels.param);
    const points = metrics.get(run.seq) ?? [];
    const read = datasets.get(run.id) ?? [];
    const inputs = (linked.get(run.id) ?? []).filter(({ role }) => role === "input");
    const outputs = (linked.get(run.id) ?? []).filter(({ role }) => role === "output");
    return {
      info: showInfo(run),
      data: {
        ...(points.length > 0 && {
          metrics: points.map(({ name, value, step, at }) => ({
            key: name,
            value: toWireNumber(value),
            timestamp: at,
            step,
          })),
        }),
        ...(params.length > 0 && { params: params.map(([key, value]) => ({ key, value })) }),
        tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
      },
      inputs: {
        ...(read.length > 0 && {
          dataset_inputs: read.map(({ name, digest, sourceType, source, schema, profile, tags }) => ({
            tags,
            dataset: {
              name,
              digest,
              source_type: sourceType,
              source,
              ...(schema !== undefined && { schema }),
              ...(profile !== undefined && { profile }),
            },
          })),
        }),
        ...(inputs.length > 0 && { model_inputs: inputs.map(({ model }) => ({ model_id: model })) }),
      },
      outputs: {
        ...(outputs.length > 0 && {
          model_outputs: outputs.map(({ model, step }) => ({ model_id: model, step })),
        }),
      },
    };
  });
}

/** The name is always a tag as well; a job's run says that it is one, since no client was there to say it. */
function tagsOf(run: TrackedRun, tags: Readonly<Record<string, string>>): Record<string, string> {
  return {
    ...(run.isJob && { "mlflow.user": run.user, "mlflow.source.type": "JOB" }),
    ...tags,
    "mlflow.runName": run.name,
  };
}
