// Which files a download of a job takes.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Artifact } from "../../api/artifacts.ts";
import type { Job } from "../../api/jobs.ts";
import { aClient, aLink } from "../testing.fixture.ts";
import { filesOfJob } from "./files-of-job.ts";
import type { FilesWanted } from "./files-of-job.ts";

const stored: Record<string, string[]> = {
  sweep: ["azureml-logs/hyperdrive.txt"],
  "sweep-0": ["azureml-logs/70_driver_log.txt", "outputs/model"],
  "sweep-1": ["azureml-logs/70_driver_log.txt"],
};
const job = (name: string, dialect: "A" | "C") => ({ name, spec: { dialect } }) as Job;

async function filesOf(dialect: "A" | "C", wanted: FilesWanted = {}) {
  const client = aClient({
    listArtifacts: async ({ params }) => ({
      artifacts: (stored[params.run] ?? []).map((path) => ({ path }) as Artifact),
      next: null,
    }),
    // A page a child, so that more than the first page has to be asked for.
    listJobs: async ({ query }) => {
      assert.equal(query?.parent, "sweep");
      return query?.before === undefined
        ? { jobs: [job("sweep-1", dialect)], next: "1" }
        : { jobs: [job("sweep-0", dialect)], next: null };
    },
  });
  const files = await filesOfJob(job("sweep", dialect), wanted, aLink(client));
  return files.map(({ run, target }) => `${run} ${target}`);
}

describe("filesOfJob", () => {
  it("takes the logs of children in the 2021 dialect, each below its own name", async () => {
    assert.deepEqual(await filesOf("A"), [
      "sweep sweep/azureml-logs/hyperdrive.txt",
      "sweep-1 sweep-1/azureml-logs/70_driver_log.txt",
      "sweep-0 sweep-0/azureml-logs/70_driver_log.txt",
    ]);
    assert.deepEqual(await filesOf("A", { includeChildren: false }), [
      "sweep sweep/azureml-logs/hyperdrive.txt",
    ]);
  });

  it("takes them in the later dialects when asked to", async () => {
    assert.deepEqual(await filesOf("C"), ["sweep artifacts/azureml-logs/hyperdrive.txt"]);
    assert.deepEqual((await filesOf("C", { includeChildren: true })).slice(1), [
      "sweep-1 sweep-1/azureml-logs/70_driver_log.txt",
      "sweep-0 sweep-0/azureml-logs/70_driver_log.txt",
    ]);
  });

  it("says which outputs there are when there is none of that name", async () => {
    await assert.rejects(filesOf("C", { outputName: "modle" }), /no output named modle/);
  });
});
