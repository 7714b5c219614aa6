// Runs with their jobs, and what stands behind a run: its job's file, its assets.
import { Refused } from "../../core/refused.ts";
import { describeJob } from "../../spec/describe-job.ts";
import { findJob } from "../../store/jobs.ts";
import type { JobRow } from "../../store/jobs.ts";
import { listRunAssets } from "../../store/run-assets.ts";
import { findRun } from "../../store/runs.ts";
import type { RunRecordRow } from "../../store/runs.ts";
import type { SomeHandlers } from "../http/app.ts";
import type { ServerContext } from "../context.ts";
import { describeJobs } from "../jobs/describe-job.ts";
import { describeRuns } from "../jobs/describe-runs.ts";
import { runNamed } from "./runs.ts";

export function runDetailRoutes({
  store,
}: ServerContext): SomeHandlers<"readRunDetails" | "getJobFile" | "listRunAssets"> {
  return {
    async readRunDetails({ body }) {
      const found: RunRecordRow[] = [];
      const jobs: JobRow[] = [];
      for (const id of new Set(body.runs)) {
        const run = await findRun(store.db, id);
        const job = run && (await findJob(store.db, id));
        if (run) found.push(run);
        if (job) jobs.push(job);
      }
      const jobOf = new Map((await describeJobs(store.db, jobs)).map((job) => [job.name, job]));
      const runs = await describeRuns(store.db, found);
      return { runs: runs.map((run) => ({ run, job: jobOf.get(run.id) ?? null })) };
    },

    async getJobFile({ params }) {
      const job = await findJob(store.db, params.run);
      if (!job) throw new Refused("not-found", `there is no job named ${params.run}`);
      // Loaded when first needed: most servers show few files.
      const { stringify } = await import("yaml");
      return { dialect: job.spec.dialect, yaml: stringify(describeJob(job.spec), { lineWidth: 0 }) };
    },

    async listRunAssets({ params }) {
      const run = await runNamed(store.db, params.run);
      const assets = await listRunAssets(store.db, run.id);
      return { assets: assets.map(({ usedAs, ...asset }) => ({ ...asset, as: usedAs })) };
    },
  };
}
