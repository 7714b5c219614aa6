import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { readComputeFile, type ReadComputeOptions } from "./read-compute.ts";

let folder = "";
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "compute-"));
});
after(() => rm(folder, { recursive: true }));

async function read(yaml: string, options: ReadComputeOptions = {}) {
  const file = path.join(folder, "compute.yml");
  await writeFile(file, yaml);
  return (await readComputeFile(file, options)).compute;
}

test("a cluster needs a name and a type", async () => {
  assert.deepEqual(await read("name: cpu-cluster\ntype: AmlCompute\n"), {
    name: "cpu-cluster",
    type: "amlcompute",
    size: "Standard_DS3_v2",
    tier: "dedicated",
    minInstances: 0,
    maxInstances: 4,
    idleSecondsBeforeScaleDown: 120,
    description: "",
    tags: {},
  });
});

test("a cluster is described in the words of either generation", async () => {
  const common =
    "name: gpu\ntype: amlcompute\nsize: big\nmin_instances: 1\nmax_instances: 10\nidle_time_before_scale_down: 60\n" +
    "description: fast\ntags: {a: 1}\nlocation: westus\n";
  const expected = {
    name: "gpu",
    type: "amlcompute",
    size: "big",
    tier: "low_priority",
    minInstances: 1,
    maxInstances: 10,
    idleSecondsBeforeScaleDown: 60,
    description: "fast",
    tags: { a: "1" },
  };

  assert.deepEqual(await read(`${common}priority: LowPriority\nssh_public_access: false\n`), expected);
  assert.deepEqual(await read(`${common}tier: low_priority\nnetwork_settings: {subnet: a}\n`), expected);
});

test("flags win over the file", async () => {
  const compute = await read("name: a-b\ntype: amlcompute\n", { name: "c-d", set: ["max_instances=7"] });

  assert.deepEqual([compute.name, compute.maxInstances], ["c-d", 7]);
});

test("every fault is told at once", async () => {
  await assert.rejects(
    read("name: 4-gpu\ntype: amlcompute\nmin_instances: 5\nmax_instances: 2\nsizes: big\n"),
    (error) => {
      const text = String(error);
      for (const part of [
        /:1:7 {2}name {2}found "4-gpu"; expected 2 to 32 letters/,
        /:5:1 {2}sizes {2}unknown key.*Did you mean "size"\?/,
      ]) {
        assert.match(text, part);
      }
      return true;
    },
  );
  await assert.rejects(
    read("name: gpu\ntype: amlcompute\nmin_instances: 5\nmax_instances: 2\n"),
    /min_instances is 5, but max_instances is 2/,
  );
});

test("other types of compute are refused by name, and so is a cluster called local", async () => {
  for (const type of ["ComputeInstance", "kubernetes", "virtualmachine"]) {
    await assert.rejects(
      read(`name: a-b\ntype: ${type}\n`),
      /are not supported by this version; supported: amlcompute/,
    );
  }
  await assert.rejects(read("name: local\ntype: amlcompute\n"), /local is this machine itself/);
});
