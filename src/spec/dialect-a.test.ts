import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { InvalidFile } from "./text/problem.ts";
import { readJobFile, type JobFile } from "./read-job.ts";

let folder = "";
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "dialect-a-"));
  await mkdir(path.join(folder, "src"));
  await mkdir(path.join(folder, "nested", "code"), { recursive: true });
  await write(
    "env.yml",
    "name: iris\nchannels: [conda-forge]\ndependencies:\n  - python=3.8\n  - pip: [lightgbm]\n",
  );
  await write("Dockerfile", "FROM python:3.8\nRUN pip install mlflow\n");
  await write("nested/Dockerfile", "FROM python:3.8\nCOPY . /app\n");
  await write("table.csv", "a,b\n");
  await write(
    "nested/environment.yml",
    "docker:\n  build:\n    dockerfile: file:Dockerfile\nconda_file: file:../env.yml\n",
  );
  await write("nested/code.yml", "local_path: code\n");
});
after(() => rm(folder, { recursive: true }));

const write = (name: string, content: string) => writeFile(path.join(folder, name), content);

async function read(yaml: string, set: string[] = []): Promise<JobFile> {
  await write("job.yml", yaml);
  return readJobFile(path.join(folder, "job.yml"), { defaultExperiment: "here", set });
}

const smallest = "command: echo hi\nenvironment: {docker: {image: python}}\ncompute: {target: local}\n";

async function problemsOf(yaml: string, set: string[] = []): Promise<string[]> {
  const error = await read(yaml, set).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof InvalidFile, String(error));
  return error.problems.map(({ line, column, path: at, message }) => `${line}:${column} ${at} ${message}`);
}

describe("a command job of dialect A", () => {
  it("needs three keys, and the rest has defaults", async () => {
    const { spec, warnings } = await read(smallest);

    assert.deepEqual(spec, {
      kind: "command",
      dialect: "A",
      experimentName: "here",
      tags: {},
      properties: {},
      command: { source: "echo hi", parts: [{ text: "echo hi" }] },
      inputs: {},
      outputs: {},
      environment: { image: "python" },
      environmentVariables: {},
      compute: { target: "local", instanceCount: 1 },
    });
    assert.deepEqual(warnings, []);
  });

  it("may have every key, those that a server fills in and null included", async () => {
    const { spec } = await read(`
$schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json
type: command_job
name: my_job-1
experiment_name: demo
description: a text
tags: {team: vision, version: 1.10, flag: yes}
properties: {a: "1"}
code: {local_path: src, description: null}
command: >
  python fit.py
  --table {inputs.table} \${HOME} {other.x} '{"a": {"b": 1}}' {inputs}
inputs:
  table: {data: {path: https://host/table.csv}, mode: mount}
  folder: {data: {local_path: src}, mode: download}
  asset: {data: azureml:iris-url:1}
  stored: {data: {datastore: azureml:blobs, path: a/b}}
environment: azureml:AzureML-Minimal:3
environment_variables: {EPOCHS: 03, NAME: "a b", EMPTY: ""}
compute: {target: azureml:cpu-cluster, instance_count: 2, instance_type: big, location: null, properties: {x: 1}}
distribution: {type: pytorch, process_count: 4}
identity: {type: amltoken}
timeout: 90.5
output: {datastore_id: azureml:blobs, path: runs/1}
id: azureml:/subscriptions/x
status: Completed
creation_context: {created_at: now}
interaction_endpoints: {Studio: {type: Studio}}
log_files: {a: b}
parameters: {}
`);

    assert.deepEqual(spec, {
      kind: "command",
      dialect: "A",
      name: "my_job-1",
      experimentName: "demo",
      description: "a text",
      tags: { team: "vision", version: "1.10", flag: "yes" },
      properties: { a: "1" },
      code: { kind: "local", path: path.join(folder, "src") },
      command: {
        source: `python fit.py --table {inputs.table} \${HOME} {other.x} '{"a": {"b": 1}}' {inputs}\n`,
        parts: [
          { text: "python fit.py --table " },
          { binding: "inputs", name: "table" },
          { text: ` \${HOME} {other.x} '{"a": {"b": 1}}' {inputs}\n` },
        ],
      },
      inputs: {
        table: { kind: "data", source: { kind: "uri", uri: "https://host/table.csv" }, mode: "mount" },
        folder: { kind: "data", source: { kind: "local", path: path.join(folder, "src") }, mode: "download" },
        asset: { kind: "data", source: { kind: "asset", name: "iris-url", version: "1" }, mode: "mount" },
        stored: {
          kind: "data",
          source: { kind: "datastore", datastore: "blobs", path: "a/b" },
          mode: "mount",
        },
      },
      outputs: {},
      environment: { reference: { kind: "asset", name: "AzureML-Minimal", version: "3" } },
      environmentVariables: { EPOCHS: "03", NAME: "a b", EMPTY: "" },
      compute: { target: "cpu-cluster", instanceCount: 2, instanceType: "big" },
      distribution: { type: "pytorch", processCount: 4 },
      identity: { type: "amltoken" },
      timeoutSeconds: 90.5,
      output: { datastore: "blobs", path: "runs/1" },
    });
  });

  it("takes null for every optional key as if it were not there", async () => {
    const keys = [
      "name",
      "tags",
      "code",
      "inputs",
      "distribution",
      "identity",
      "timeout",
      "output",
      "environment_variables",
    ];
    const { spec } = await read(smallest + keys.map((key) => `${key}: null\n`).join(""));

    assert.deepEqual(spec, (await read(smallest)).spec);
  });

  it("builds its environment from an image, conda and a Dockerfile in each of their forms", async () => {
    const conda = {
      name: "iris",
      channels: ["conda-forge"],
      dependencies: ["python=3.8", { pip: ["lightgbm"] }],
    };
    const dockerfile = "FROM python:3.8\nRUN pip install mlflow\n";
    const context = { kind: "local", path: path.join(folder, "nested") };
    const cases: [string, unknown][] = [
      ["{docker: {image: python}, conda_file: file:env.yml}", { image: "python", conda }],
      [
        "{docker: {image: python}, conda_file: {dependencies: [a]}}",
        { image: "python", conda: { dependencies: ["a"] } },
      ],
      [
        '{docker: {image: python}, conda_file: "dependencies:\\n  - a\\n"}',
        { image: "python", conda: { dependencies: ["a"] } },
      ],
      ["{docker: {build: {dockerfile: file:Dockerfile}}}", { build: { dockerfile } }],
      [
        '{docker: {build: {dockerfile: "FROM a\\n"}}, os_type: linux}',
        { build: { dockerfile: "FROM a\n" }, osType: "linux" },
      ],
      [
        "{docker: {build: {dockerfile: file:nested/Dockerfile}}}",
        { build: { dockerfile: "FROM python:3.8\nCOPY . /app\n", context } },
      ],
      [
        "file:nested/environment.yml",
        { build: { dockerfile: "FROM python:3.8\nCOPY . /app\n", context }, conda },
      ],
      [
        "azureml:/subscriptions/s/resourceGroups/g/providers/p/workspaces/w/environments/e/versions/4",
        { reference: { kind: "asset", name: "e", version: "4" } },
      ],
    ];
    for (const [yaml, expected] of cases) {
      const { spec } = await read(`command: echo\ncompute: {target: local}\nenvironment: ${yaml}\n`);

      assert.deepEqual(spec.environment, expected, yaml);
    }
  });

  it("resolves paths of a nested file from that file's folder", async () => {
    const { spec } = await read(`${smallest}code: file:nested/code.yml\n`);

    assert.deepEqual(spec.code, { kind: "local", path: path.join(folder, "nested", "code") });
  });

  it("names its compute in four ways", async () => {
    const id = "azureml:/subscriptions/s/computes/gpu";
    const targets = { local: "local", "azureml:gpu": "gpu", gpu: "gpu", [id]: "gpu" };
    for (const [written, target] of Object.entries(targets)) {
      const { spec } = await read(smallest.replace("target: local", `target: "${written}"`));

      assert.equal(spec.compute.target, target);
    }
  });

  it("is distributed in three ways, also under the older word distributed", async () => {
    const cases: [string, unknown, number][] = [
      ["distribution: {type: pytorch}", { type: "pytorch" }, 2],
      ["distributed: {type: mpi}", { type: "mpi", processCountPerInstance: 1 }, 2],
      ["distribution: {type: tensorflow}", { type: "tensorflow", parameterServerCount: 0 }, 2],
      [
        "distribution: {type: tensorflow, worker_count: 3, parameter_server_count: 1}",
        { type: "tensorflow", workerCount: 3, parameterServerCount: 1 },
        3,
      ],
    ];
    for (const [yaml, distribution, nodes] of cases) {
      const { spec } = await read(smallest.replace("local}", "local, instance_count: 2}") + yaml);

      assert.deepEqual([spec.distribution, spec.compute.instanceCount], [distribution, nodes], yaml);
    }
  });

  it("shares parts by anchors and merge keys", async () => {
    const { spec } = await read(`${smallest}tags: &t {a: "1"}\nproperties: {<<: *t, b: "2"}\n`);

    assert.deepEqual(spec.properties, { b: "2", a: "1" });
  });

  it("warns of a literal block whose lines look like one command", async () => {
    const { warnings } = await read(smallest.replace("echo hi", "|\n  python fit.py\n  --rounds 20"));

    assert.match(warnings[0]?.message ?? "", /line 2 of the command begins with the option "--rounds 20"/);
    assert.equal(warnings[0]?.line, 3);
  });

  it("says nothing of a literal block with continued lines", async () => {
    const { warnings } = await read(
      smallest.replace("echo hi", "|\n  python fit.py \\\n  --rounds 20\n  ls"),
    );

    assert.deepEqual(warnings, []);
  });
});

describe("a faulty job of dialect A", () => {
  it("is told every fault at once, each at its place", async () => {
    assert.deepEqual(
      await problemsOf(`code:
  local_path: absent
command: python fit.py {inputs.tabel} {search_space.lr}
inputs:
  table:
    data: table.csv
    mode: mout
environment: azureml:foo
compute:
  targt: local
  instance_count: "1"
descripton: x
`),
      [
        `2:15 code.local_path "absent" does not exist: ${path.join(folder, "absent")}`,
        "3:25 command {inputs.tabel} names no declared input; declared inputs: table",
        "3:40 command {search_space.lr} has a value only in the trials of a sweep, and this is a command job",
        '6:11 inputs.table.data found "table.csv"; expected azureml:<name>:<version>, a mapping or file:<path>',
        '7:11 inputs.table.mode found "mout"; allowed: mount, download',
        '8:14 environment names no version in "azureml:foo"; expected azureml:<name>:<version>',
        "10:3 compute.targt unknown key; allowed: target, instance_count, instance_type",
        "10:3 compute the required key target is missing",
        '11:19 compute.instance_count found "1"; expected a whole number, 1 to 100000',
        "12:1 descripton unknown key; allowed: name, experiment_name, description, tags, properties, " +
          "environment_variables, type, code, command, inputs, environment, compute, distribution, distributed, " +
          "identity, timeout, output",
      ],
    );
  });

  it("is told the other faults too when the type has a slip of the pen", async () => {
    const problems = await problemsOf(`${smallest}type: comand_job\ndescripton: x\n`);

    assert.match(problems.join("\n"), /type found "comand_job"; allowed: command_job/);
    assert.match(problems.join("\n"), /descripton unknown key/);
    assert.equal(problems.length, 2);
  });

  it("is shown the chain of files that goes round in a circle", async () => {
    await write("a.yml", "file:b.yml\n");
    await write("b.yml", "docker: file:a.yml\n");
    const [problem] = await problemsOf(smallest.replace("{docker: {image: python}}", "file:a.yml"));

    const chain = ["job.yml", "a.yml", "b.yml", "a.yml"].map((name) => path.join(folder, name)).join(" → ");
    assert.equal(problem, `1:9 environment.docker goes round in a circle: ${chain}`);
  });

  it("is told a duplicate key beside its other faults", async () => {
    assert.deepEqual(await problemsOf(`${smallest}timeout: 1\ntimeout: 0\ntags: 3\n`), [
      "5:1 timeout is given twice; the first is on line 4",
      "6:7 tags found 3; expected a mapping",
    ]);
  });

  it("is told that pipelines are not supported", async () => {
    assert.match(
      (await problemsOf("type: pipeline_job\n"))[0] ?? "",
      /^1:7 type pipeline jobs are not supported by this version/,
    );
    assert.match((await problemsOf("jobs: {}\n"))[0] ?? "", /^1:7 jobs belongs to a pipeline job/);
  });
});

describe("--set", () => {
  it("changes and makes keys before anything is checked", async () => {
    const { spec } = await read("command: echo {inputs.x}\nenvironment: file:absent.yml\n", [
      "compute.target=azureml:gpu",
      "compute.instance_count=2",
      "environment=azureml:e:7",
      "inputs.x.data.path=https://host/a:b=c",
      'tags={"a": "b: c"}',
      "name=2021-06",
      "timeout=null",
      "description=",
    ]);

    assert.deepEqual(spec.compute, { target: "gpu", instanceCount: 2 });
    assert.deepEqual(spec.environment, { reference: { kind: "asset", name: "e", version: "7" } });
    assert.deepEqual(spec.inputs, {
      x: { kind: "data", source: { kind: "uri", uri: "https://host/a:b=c" }, mode: "mount" },
    });
    assert.deepEqual([spec.tags, spec.name, spec.description], [{ a: "b: c" }, "2021-06", ""]);
  });

  it("takes a command with colons and braces as text", async () => {
    for (const command of [
      'echo "a: b" # c',
      "{inputs.x} --y",
      "{inputs.x}",
      "[ -e a ] && b",
      "'a' b",
      "- x",
    ]) {
      const { spec } = await read(`${smallest}inputs: {x: {data: azureml:a:1}}\n`, [`command=${command}`]);

      assert.equal(spec.command.source, command);
    }
  });

  it("is what a problem names when it is at fault", async () => {
    await assert.rejects(read(smallest, ["compute.targt=gpu", "environment.docker.image.x=1"]), {
      message:
        `--set environment.docker.image.x=1  environment.docker.image  --set cannot go into the value "python"\n` +
        `    hint: Set the whole of it: --set environment.docker.image=….\n` +
        `--set compute.targt=gpu  compute.targt  unknown key; allowed: target, instance_count, instance_type. ` +
        `Did you mean "target"?`,
    });
  });

  it("does not go into a reference", async () => {
    const yaml = smallest.replace("{docker: {image: python}}", "azureml:e:1");
    assert.match(
      (await problemsOf(yaml, ["environment.docker.image=a"]))[0] ?? "",
      /cannot go into the reference "azureml:e:1"/,
    );
  });

  it("changes one use of an anchor only", async () => {
    const { spec } = await read(`${smallest}tags: &t {a: "1"}\nproperties: *t\n`, ["tags.a=x"]);

    assert.deepEqual([spec.tags, spec.properties], [{ a: "x" }, { a: "1" }]);
  });

  it("needs a path and a value", async () => {
    for (const assignment of ["compute", "=x", "a..b=1", ".=", "__proto__.x=1"]) {
      assert.equal((await problemsOf(smallest, [assignment])).length, 1, assignment);
    }
  });
});

describe("--name", () => {
  it("wins over the file's name, and is checked like it", async () => {
    await write("job.yml", `name: a\n${smallest}`);
    const file = path.join(folder, "job.yml");

    assert.equal((await readJobFile(file, { defaultExperiment: "x", name: "b" })).spec.name, "b");
    await assert.rejects(
      readJobFile(file, { defaultExperiment: "x", name: "b c" }),
      /^InvalidFile: --name b c  name  found "b c"/,
    );
  });
});
