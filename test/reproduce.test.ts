// Running a job again, through the real command line, server and agent: the same, or what differs.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Comparison } from "../src/cli/reproduce/compare-runs.ts";
import { openTestHome } from "./support/home.ts";
import type { TestHome } from "./support/home.ts";

const training = `
import os, random
from azureml.core import Run
seed = int(os.environ["SEED"])
random.seed(seed)
run = Run.get_context()
for step in range(50):
    run.log("loss", random.random() / (step + 1))
    run.log("steady", step)
run.log_list("all", [1, 2, 3])
os.makedirs("outputs", exist_ok=True)
open("outputs/model.txt", "w").write(str(random.random()))
open("outputs/same.txt", "w").write("same")
open("logs/when.txt", "w").write(str(os.getpid()))
if os.environ.get("EXTRA"):
    run.log("extra", 1)
    open("outputs/extra.txt", "w").write("more")
`;

describe("running a job again", () => {
  let home: TestHome;
  let original = "";

  before(async () => {
    home = await openTestHome();
    await home.file("src/train.py", training);
    await home.file("table.csv", "a,b\n");
    await home.file(
      "job.yml",
      `code: {local_path: src}
command: python train.py && wc -c {inputs.table}
inputs: {table: {data: {local_path: table.csv}, mode: mount}}
environment: {docker: {image: python}}
environment_variables: {SEED: "7"}
compute: {target: local}
tags: {kept: "1"}
`,
    );
    const created = await home.run(..."job create -f job.yml --stream --query name -o tsv".split(" "));
    assert.equal(created.code, 0, created.stderr);
    original = created.stdout.trim();
    // What was stored is what counts, not what has become of the folder since.
    await home.file("src/train.py", "raise SystemExit(1)\n");
  });
  after(() => home[Symbol.asyncDispose]());

  const reproduce = async (...args: string[]) => {
    const { code, stdout, stderr } = await home.run("job", "reproduce", original, ...args, "-o", "json");
    assert.notEqual(stdout, "", stderr);
    return { code, verdict: JSON.parse(stdout) as Comparison, stderr };
  };

  it("says that it is identical, and ends with 0", async () => {
    const { code, verdict, stderr } = await reproduce();

    assert.equal(code, 0, stderr);
    assert.equal(verdict.verdict, "Identical");
    assert.deepEqual(verdict.metrics, { compared: 3, points: 103, differences: [] });
    assert.equal(verdict.outputs.compared, 2);
    assert.equal(verdict.original, original);

    const told = await home.run("job", "reproduce", original, "-n", "third");
    assert.equal(told.code, 0, told.stderr);
    assert.match(told.stdout, new RegExp(`^Identical: third repeats ${original}\\.\n`));
  });

  it("says with another seed which metrics and files differ, by how much, and ends with 1", async () => {
    const { code, verdict } = await reproduce("--set", "environment_variables.SEED=8");

    assert.equal(code, 1);
    assert.equal(verdict.verdict, "Different");
    const [loss, ...others] = verdict.metrics.differences;
    assert.deepEqual(others, []);
    assert.equal(loss?.metric, "loss");
    assert.equal(loss.what, "50 of 50 values differ");
    assert.equal(loss.index, 0);
    assert.ok(typeof loss.largest_difference === "number" && loss.largest_difference > 0);
    assert.deepEqual(
      verdict.outputs.differences.map(({ path }) => path),
      ["outputs/model.txt"],
    );
    assert.equal(
      (await reproduce("--set", "environment_variables.SEED=8", "--tolerance", "9")).verdict.metrics
        .differences.length,
      0,
    );
  });

  it("says which series and files are new, in a table for people", async () => {
    const { code, stdout } = await home.run(
      ..."job reproduce".split(" "),
      original,
      "--set",
      "environment_variables.EXTRA=1",
    );

    assert.equal(code, 1);
    assert.match(stdout, /^Different: \S+ does not repeat/);
    assert.match(stdout, /^extra +only in the rerun/m);
    assert.match(stdout, /^outputs\/extra\.txt +\(missing\) +[0-9a-f]{63}/m);
  });

  it("submits it once more from what was stored, with changes in the job's own words, and notes where it came from", async () => {
    const again = await home.run("job", "create", "--from", original, "-n", "again", "--set", "tags.fresh=2");
    assert.equal(again.code, 0, again.stderr);
    const client = await home.client();

    const [first, second] = await Promise.all(
      [original, "again"].map((run) => client.getJob({ params: { run } })),
    );
    assert.deepEqual(second!.spec.code, first!.spec.code);
    assert.deepEqual(second!.spec.inputs, first!.spec.inputs);
    assert.deepEqual(second!.tags, { kept: "1", fresh: "2" });
    assert.equal(second!.properties["trainyard.from_run"], original);
    assert.equal((await home.run("job", "stream", "-n", "again")).code, 0);
  });

  it("refuses faults of --set, and a job that is made from nothing or from two things", async () => {
    const wrong = await home.run("job", "create", "--from", original, "--set", "inputs.tabel.mode=x");
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /--set inputs\.tabel\.mode=x +inputs\.tabel/);
    assert.equal((await home.run("job", "create")).code, 2);
    assert.equal((await home.run("job", "create", "-f", "job.yml", "--from", original)).code, 2);
    assert.equal((await home.run("job", "reproduce", original, "--tolerance", "-1")).code, 2);
    assert.match((await home.run("job", "reproduce", "there-is-none")).stderr, /there-is-none/);
  });
});
