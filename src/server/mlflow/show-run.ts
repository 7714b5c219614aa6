// A run as MLflow's clients read it.
import { readLinkedModels } from "../../store/logged-models.ts";
import { readDatasets } from "../../store/run-datasets.ts";
import type { RunDataset } from "../../store/run-datasets.ts";
import { statusOf } from "../../store/run-status.ts";
import type { Db } from "../../store/store.ts";
import { chunks, readLabelLists, readLatestMetrics, readTrackedRuns } from "../../store/tracked-runs.ts";
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

/** Each run as JSON. */
export async function showRuns(db: Db, runs: readonly TrackedRun[]): Promise<string[]> {
  const ids = runs.map((run) => run.id);
  const metrics = await readLatestMetrics(
    db,
    runs.map((run) => run.seq),
  );
  const labelsOf = await readLabelLists(db, ids);
  const datasets = await readDatasets(db, ids);
  const models: Awaited<ReturnType<typeof readLinkedModels>> = [];
  for (const some of chunks(ids)) models.push(...(await readLinkedModels(db, some)));
  const linked = Map.groupBy(models, ({ run }) => run);
  return runs.map((run) => {
    const params = labelsOf(run.id, "param");
    const points = metrics.get(run.seq) ?? "";
    const data = `${points && `"metrics":[${points}],`}${params && `"params":[${params}],`}"tags":[${tagsOf(run, labelsOf(run.id, "tag"))}]`;
    const rest = JSON.stringify({
      inputs: showInputs(datasets.get(run.id) ?? [], linked.get(run.id) ?? []),
      outputs: showOutputs(linked.get(run.id) ?? []),
    });
    return `{"info":${JSON.stringify(showInfo(run))},"data":{${data}},${rest.slice(1)}`;
  });
}

type Linked = Awaited<ReturnType<typeof readLinkedModels>>;

function showInputs(datasets: readonly RunDataset[], linked: Linked): object {
  const models = linked.filter(({ role }) => role === "input");
  return {
    ...(datasets.length > 0 && {
      dataset_inputs: datasets.map(({ name, digest, sourceType, source, schema, profile, tags }) => ({
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
    ...(models.length > 0 && { model_inputs: models.map(({ model }) => ({ model_id: model })) }),
  };
}

function showOutputs(linked: Linked): object {
  const models = linked.filter(({ role }) => role === "output");
  if (models.length === 0) return {};
  return { model_outputs: models.map(({ model, step }) => ({ model_id: model, step })) };
}

/** The name is always a tag as well; a job's run says that it is one, since no client was there to say it. */
function tagsOf(run: TrackedRun, tags: string): string {
  const name = JSON.stringify({ key: "mlflow.runName", value: run.name });
  if (!run.isJob) return tags === "" ? name : `${tags},${name}`;
  const given = JSON.parse(`[${tags}]`) as { key: string; value: string }[];
  const all = new Map([
    ["mlflow.user", run.user],
    ["mlflow.source.type", "JOB"],
    ...given.map(({ key, value }) => [key, value] as const),
    ["mlflow.runName", run.name],
  ]);
  return [...all].map(([key, value]) => JSON.stringify({ key, value })).join(",");
}

/** Large pieces are few statements; small ones are little garbage, which is what a server's memory grows by. */
const pieceLength = 200_000;

/** A page of runs as JSON, in pieces: one of 50,000 runs is never in memory as a whole. */
export async function* showRunPage(
  db: Db,
  seqs: readonly number[],
  next: string | undefined,
): AsyncGenerator<string> {
  const end = next === undefined ? "}" : `"next_page_token":${JSON.stringify(next)}}`;
  if (seqs.length === 0) return yield `{${end}`;
  let text = '{"runs":[';
  let atOnce = 20;
  for (let first = 0; first < seqs.length;) {
    const some = seqs.slice(first, first + atOnce);
    const shown = (await showRuns(db, await readTrackedRuns(db, some))).join(",");
    text += (first === 0 ? "" : ",") + shown;
    first += some.length;
    // As many next as make a piece when they are as long as these.
    atOnce = Math.max(1, Math.min(200, Math.floor((some.length * pieceLength) / shown.length)));
    if (text.length < pieceLength / 2 || first >= seqs.length) continue;
    yield text;
    text = "";
  }
  yield `${text}]${next === undefined ? "" : ","}${end}`;
}
