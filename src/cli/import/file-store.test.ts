// The reader of MLflow's file store: odd names, broken files, and what the files say.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import type { PointColumns } from "../../api/digest-points.ts";
import { openFileStore } from "./file-store.ts";
import type { FilesPlace } from "./source.ts";

const run = "0123456789abcdef0123456789abcdef";
const runMeta = [
  `run_id: ${run}`,
  "run_name: '1e3'",
  "experiment_id: '987654321098765432'",
  "status: 3",
  "start_time: 1700000000000",
  "end_time: null",
  "user_id: me",
  "lifecycle_stage: active",
  "artifact_uri: file:///somewhere/else/artifacts",
].join("\n");

describe("A file store of MLflow", () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "mlruns-"));
    await put("1/meta.yaml", "experiment_id: 987654321098765432\nname: 'null'\nlifecycle_stage: active\n");
    await put(`1/${run}/meta.yaml`, runMeta);
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  async function put(name: string, text: string): Promise<void> {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }

  async function open() {
    const faults: string[] = [];
    const store = openFileStore(root, {
      artifactRoots: [],
      onFault: (what, error) => faults.push(`${what}: ${(error as Error).message}`),
    });
    const experiments = await store.listExperiments();
    const entries = await store.listRuns(experiments[0]!);
    return { store, experiments, entries, faults };
  }

  async function pointsOf(onFault: (fault: string) => void = assert.fail) {
    const { entries } = await open();
    const found = new Map<string, PointColumns>();
    for await (const { name, points } of entries[0]!.points(onFault)) found.set(name, points);
    return found;
  }

  it("keeps ids with more digits than a number holds, and names that look like something else", async () => {
    const { experiments, entries } = await open();

    const { record } = await entries[0]!.read();

    assert.equal(experiments[0]!.id, "987654321098765432");
    assert.equal(experiments[0]!.name, "null");
    assert.equal(record.name, "1e3");
    assert.equal(record.status, "FINISHED");
    assert.equal(record.endedAt, null);
  });

  it("takes folders for the slashes in names, and % for what it is", async () => {
    await put(`1/${run}/metrics/val/top 5`, "1700000000000 1 0\n");
    await put(`1/${run}/metrics/a%2Fb`, "1700000000000 2 0\n");
    await put(`1/${run}/params/net/depth`, "one\ntwo");
    await put(`1/${run}/tags/empty`, "");

    const points = await pointsOf();
    const { record } = await (await open()).entries[0]!.read();

    assert.deepEqual([...points.keys()], ["a%2Fb", "val/top 5"]);
    assert.deepEqual(record.params, [["net/depth", "one\ntwo"]]);
    assert.deepEqual(record.tags, [["empty", ""]]);
  });

  it("reads points of every age and numbers as Python prints them", async () => {
    await put(
      `1/${run}/metrics/m`,
      "1700000000000 1e-05\n1700000000001 nan 1\n1700000000002 -inf -2\n1700000000003 0.5 4 my data set abc\n",
    );

    const points = (await pointsOf()).get("m");

    assert.deepEqual(points?.values, [1e-5, Number.NaN, Number.NEGATIVE_INFINITY, 0.5]);
    assert.deepEqual(points?.steps, [0, 1, -2, 4]);
  });

  it("leaves out a line that holds no point, and says which", async () => {
    await put(`1/${run}/metrics/m`, "1700000000000 1 0\nrubbish\n1700000000002 2 1\n");
    const faults: string[] = [];

    const points = await pointsOf((fault) => faults.push(fault));

    assert.deepEqual(points.get("m")?.values, [1, 2]);
    assert.equal(faults.length, 1);
    assert.match(faults[0]!, /line 2 of .*metrics\/m holds no point: "rubbish"/);
  });

  it("tells of a run without meta.yaml or with a broken one, and reads the others", async () => {
    await put("1/aaaa/params/x", "1");
    await put("1/bbbb/meta.yaml", "run_id: [never closed");
    await put("1/cccc/meta.yaml", "run_id: cccc\nstatus: 9\n");

    const { entries } = await open();
    const outcomes = await Promise.allSettled(entries.map((entry) => entry.read()));

    const reasons = outcomes.map((one) =>
      one.status === "rejected" ? (one.reason as Error).message : "read",
    );
    assert.equal(reasons[0], "read");
    assert.match(reasons[1]!, /aaaa\/meta\.yaml is missing/);
    assert.match(reasons[2]!, /bbbb\/meta\.yaml is no YAML/);
    assert.match(reasons[3]!, /status is "9", expected one of RUNNING/);
  });

  it("finds the trash, passes by the registry and folders with nothing but files", async () => {
    await put(".trash/2/meta.yaml", "experiment_id: '2'\nname: gone\nlifecycle_stage: deleted\n");
    await put("models/net/meta.yaml", "name: net\n");
    await put("7/ffff/artifacts/a.txt", "a");
    await put("8/eeee/meta.yaml", "run_id: eeee\n");

    const { experiments, faults } = await open();

    assert.deepEqual(
      experiments.map(({ name, deleted }) => [name, deleted]),
      [
        ["null", false],
        ["gone", true],
      ],
    );
    assert.equal(faults.length, 1);
    assert.match(faults[0]!, /experiment 8: .*8\/meta\.yaml is missing/);
  });

  it("takes files from where the folder is now, not from where it once was; links to folders are not followed", async () => {
    await put(`1/${run}/artifacts/deep/100% größe #1.txt`, "x");
    await symlink("/", join(root, "1", run, "artifacts", "all"));
    await symlink("deep/100% größe #1.txt", join(root, "1", run, "artifacts", "link.txt"));
    const { store, entries } = await open();

    const { files } = await entries[0]!.read();
    const found = await store.listFiles(files);

    assert.deepEqual(
      found.map(({ path, sizeBytes }) => [path, sizeBytes]),
      [
        ["deep/100% größe #1.txt", 1],
        ["link.txt", 1],
      ],
    );
  });

  it("says of files in a cloud's storage how they can be moved", async () => {
    const { store } = await open();
    const place: FilesPlace = { run, uri: "s3://bucket/1/artifacts", folder: join(root, "nowhere") };

    await assert.rejects(store.listFiles(place), /lie at s3:\/\/bucket/);
  });

  it("reads registered models, and keeps numbers that are deleted out", async () => {
    await put("models/net/meta.yaml", "name: net\ndescription: null\ncreation_timestamp: 5\n");
    await put("models/net/tags/owner", "me");
    await put("models/net/aliases/best", "2");
    await put("models/net/version-1/meta.yaml", "version: 1\ncurrent_stage: Deleted_Internal\n");
    await put("models/net/version-2/meta.yaml", `version: 2\nsource: runs:/${run}/m\nrun_id: ${run}\n`);

    const [net] = await (await open()).store.listRegisteredModels();

    assert.deepEqual(net?.aliases, [{ alias: "best", version: 2 }]);
    assert.deepEqual(
      net?.versions.map(({ version, stage }) => [version, stage]),
      [[2, "None"]],
    );
    assert.equal(net?.description, "");
  });
});
