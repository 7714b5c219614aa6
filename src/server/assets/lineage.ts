// Where a version of an asset comes from, and which runs read it.
import { asWireAsset } from "../../api/assets.ts";
import type { LineageBody } from "../../api/assets.ts";
import { asWireSpec } from "../../api/job-spec.ts";
import type { AssetVersion } from "../../core/asset.ts";
import { findJob } from "../../store/jobs.ts";
import { noLabels, readLabels } from "../../store/labels.ts";
import { listRunAssets, runsThatUsed } from "../../store/run-assets.ts";
import { findRun } from "../../store/runs.ts";
import type { Db } from "../../store/store.ts";

const mostRuns = 1000;

export async function traceAsset(db: Db, asset: AssetVersion): Promise<LineageBody> {
  return {
    asset: asWireAsset(asset),
    madeBy: asset.run === null ? null : await describeMaker(db, asset.run),
    usedBy: await runsThatUsed(db, asset, mostRuns),
  };
}

async function describeMaker(db: Db, id: string): Promise<LineageBody["madeBy"]> {
  const run = await findRun(db, id);
  if (!run) return null;
  const job = await findJob(db, id);
  const properties = ((await readLabels(db, [id])).get(id) ?? noLabels()).property;
  const git = (ours: string, mlflow: string) =>
    properties[`azureml.git.${ours}`] ?? properties[`mlflow.source.git.${mlflow}`] ?? null;
  const dirty = properties["azureml.git.dirty"];
  const used = await listRunAssets(db, id);
  return {
    run: run.id,
    experiment: run.experimentName,
    snapshot: job?.spec.code?.kind === "snapshot" ? job.spec.code.id : null,
    environment: job ? asWireSpec(job.spec).environment : {},
    gitCommit: git("commit", "commit"),
    gitRepository: git("repository_uri", "repoURL"),
    gitDirty: dirty === undefined ? null : dirty.toLowerCase() === "true",
    inputs: used.flatMap(({ role, usedAs, kind, name, version }) =>
      role === "input" || role === "code" ? [{ as: usedAs, kind, name, version }] : [],
    ),
  };
}
