// What a job does in the registry with its own token: it reads all, adds data and models, and changes what it made.
import type { AssetContent } from "../../core/asset.ts";
import { Refused } from "../../core/refused.ts";
import { findAsset } from "../../store/assets.ts";
import type { AssetKey } from "../../store/assets.ts";
import { findJob } from "../../store/jobs.ts";
import type { Db } from "../../store/store.ts";
import { datastoresReachedBy } from "../jobs/datastores-of-job.ts";
import { jobReaches } from "../http/run-reach.ts";

interface Maker {
  run: string;
}

/** A new version of an environment or of code would be run by others who ask for the latest: that takes a person. */
export async function refuseAssetOfJob(db: Db, { run }: Maker, content: AssetContent): Promise<void> {
  if (content.kind === "environment" || content.kind === "code") {
    throw new Refused(
      "forbidden",
      `the token of job ${run} registers data and models, and this is of kind ${content.kind}`,
      "register it from outside the job",
    );
  }
  const { source } = content;
  if (source.kind === "run" && !(await jobReaches(db, run, source.run, "read"))) {
    throw new Refused(
      "forbidden",
      `the token of job ${run} does not reach the files of run ${source.run}`,
      "give them to the job as an input",
    );
  }
  if (source.kind !== "datastore") return;
  const job = await findJob(db, run);
  const reached = job ? await datastoresReachedBy(db, job.spec) : new Set<string>();
  if (reached.has(source.datastore)) return;
  throw new Refused(
    "forbidden",
    `the token of job ${run} does not reach the datastore ${source.datastore}; it reaches ${[...reached].join(", ")}`,
    "name it as an input or an output of the job",
  );
}

export async function refuseChangeByJob(
  db: Db,
  { run }: Maker,
  key: AssetKey,
  change: { archived?: unknown; addLabels?: unknown; removeLabels?: unknown },
): Promise<void> {
  const refuse = (what: string) =>
    new Refused(
      "forbidden",
      `the token of job ${run} does not change ${what}`,
      "a job says more of what it has registered itself; the rest needs a person's token",
    );
  const known = await findAsset(db, key);
  const isOwn = known !== undefined && known.run !== null && (await jobReaches(db, run, known.run, "change"));
  if (!isOwn) throw refuse(`version ${key.version} of ${key.kind} ${key.name}`);
  // They move away from another version, which may be somebody's choice.
  if (change.archived !== undefined || change.addLabels !== undefined || change.removeLabels !== undefined)
    throw refuse("labels and stages");
}
