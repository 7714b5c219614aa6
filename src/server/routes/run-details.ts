// What stands behind a run: its job's file, its assets.
import { Refused } from "../../core/refused.ts";
import { describeJob } from "../../spec/describe-job.ts";
import { findJob } from "../../store/jobs.ts";
import { listRunAssets } from "../../store/run-assets.ts";
import type { SomeHandlers } from "../http/app.ts";
import type { ServerContext } from "../context.ts";
import { runNamed } from "./runs.ts";

export function runDetailRoutes({ store }: ServerContext): SomeHandlers<"getJobFile" | "listRunAssets"> {
  return {
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
