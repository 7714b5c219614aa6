import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { stringify } from "yaml";
import type { JobSpec } from "../core/job-spec.ts";
import { describeJob } from "./describe-job.ts";
import { readJobFile } from "./read-job.ts";

let folder = "";
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "describe-"));
  await mkdir(path.join(folder, "src"));
  await writeFile(path.join(folder, "src", "Dockerfile"), "FROM a\nCOPY . /b\n");
});
after(() => rm(folder, { recursive: true }));

async function read(yaml: string): Promise<JobSpec> {
  const file = path.join(folder, "job.yml");
  await writeFile(file, yaml);
  return (await readJobFile(file, { defaultExperiment: "demo" })).spec;
}

const id = "b".repeat(64);

const jobs: Record<string, string> = {
  "dialect A": `
command: >-
  python fit.py {inputs.table} {inputs.s} '{"a": 1}'
code: {local_path: src}
inputs:
  table: {data: {path: https://host/table.csv}, mode: download}
  s: {data: azureml:iris:1}
  d: {data: {datastore: azureml:blobs, path: a}}
environment: {docker: {build: {dockerfile: file:src/Dockerfile}}, conda_file: {dependencies: [python, {pip: [a]}]}}
environment_variables: {A: "1"}
compute: {target: azureml:gpu, instance_count: 2}
distribution: {type: pytorch, process_count: 4}
identity: {type: amltoken}
timeout: 60
output: {datastore_id: azureml:blobs, path: p}
tags: {a: "true"}
`,
  "dialect A with a reference": `
command: echo
environment: azureml:e:1
compute: {target: local}
distribution: {type: tensorflow, worker_count: 2, parameter_server_count: 1}
`,
  "dialect A after its upload": `
command: echo {inputs.x}
code: azureml://snapshots/${id}
inputs: {x: {data: "azureml://snapshots/${id}/table.csv"}}
environment: {docker: {build: {dockerfile: "FROM a"}}, path: "azureml://snapshots/${id}"}
compute: {target: local}
`,
  "dialect B": `
command: echo \${{inputs.f}}
code: {local_path: src}
inputs: {f: {file: https://host/a.csv}, s: {dataset: azureml:iris:2, mode: download}}
environment: {image: a}
compute: azureml:gpu
resources: {instance_count: 2}
distribution: {type: mpi, process_count_per_instance: 2}
`,
  "dialect C": `
type: command
display_name: A run
command: echo \${{inputs.lr}} $[[\${{inputs.x}}]] \${{outputs.m}}
code: src
inputs: {lr: 0.1, x: {type: uri_file, optional: true}, t: {type: uri_folder, path: src, mode: direct}}
outputs: {m: , r: {type: uri_file, mode: upload, name: r, version: "1"}}
environment: {build: {path: src}}
compute: local
resources: {instance_count: 2, shm_size: 2g}
distribution: {type: pytorch, process_count_per_instance: 2}
limits: {timeout: 60}
services: {s: {type: ssh}}
queue_settings: {job_tier: basic}
`,
  "our own keys": "command: echo\nenvironment: {interpreter: python3}\n",
  "packages of the Python client": "command: echo\nenvironment: {pip: [numpy]}\ncompute: {target: local}\n",
};

describe("a job that is shown", () => {
  for (const [name, yaml] of Object.entries(jobs)) {
    it(`can be submitted again and is the same job: ${name}`, async () => {
      const spec = await read(yaml);

      const shown = stringify(describeJob(spec));

      assert.deepEqual(await read(shown), spec, shown);
    });
  }

  it("is in the words of its own dialect, without what is absent", async () => {
    const shown = describeJob(
      await read("command: echo\nenvironment: azureml:e:1\ncompute: {target: azureml:gpu}\n"),
    );

    assert.deepEqual(shown, {
      type: "command_job",
      command: "echo",
      compute: { instance_count: 1, target: "azureml:gpu" },
      environment: "azureml:e:1",
      environment_variables: {},
      experiment_name: "demo",
      inputs: {},
      properties: {},
      tags: {},
    });
  });

  it("names a resolved environment as it was referred to", async () => {
    const spec = await read("command: echo\nenvironment: azureml:e:1\n");

    assert.equal(
      describeJob({ ...spec, environment: { name: "e", version: "1", image: "a" } })["environment"],
      "azureml:e:1",
    );
  });
});
