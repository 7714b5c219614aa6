import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { InvalidFile } from "./text/problem.ts";
import { readJobFile, type JobFile } from "./read-job.ts";

let folder = "";
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "dialect-c-"));
  await mkdir(path.join(folder, "src"));
  await mkdir(path.join(folder, "context"));
  await writeFile(path.join(folder, "context", "Dockerfile"), "FROM a\n");
  await writeFile(path.join(folder, "context", "gpu.Dockerfile"), "FROM b\n");
  await writeFile(path.join(folder, "env.yml"), "dependencies: [python]\n");
  await writeFile(path.join(folder, "table.csv"), "a\n");
});
after(() => rm(folder, { recursive: true }));

async function read(yaml: string): Promise<JobFile> {
  const file = path.join(folder, "job.yml");
  await writeFile(file, yaml);
  return readJobFile(file, { defaultExperiment: "here" });
}

const smallest = "command: echo\nenvironment: python:3.8\n";
const local = (name: string) => ({ kind: "local", path: path.join(folder, name) });

async function problemsOf(yaml: string): Promise<string[]> {
  const error = await read(yaml).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof InvalidFile, String(error));
  return error.problems.map(({ line, path: at, message, hint }) => `${line} ${at} ${message} | ${hint}`);
}

describe("a command job of dialect C", () => {
  it("needs a command and an environment, and runs here", async () => {
    const { spec } = await read(smallest);

    assert.deepEqual(
      [spec.dialect, spec.compute, spec.environment, spec.experimentName],
      ["C", { target: "local", instanceCount: 1 }, { image: "python:3.8" }, "here"],
    );
  });

  it("may have every key", async () => {
    const { spec, warnings } = await read(`
$schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json
type: Command
name: happy_dog_1
display_name: A run
experiment_name: demo
code: src
command: >-
  python x.py --lr \${{inputs.lr}} --table \${{ inputs.table }} $[[--extra \${{inputs.extra}}]] --out \${{outputs.model}}
inputs:
  lr: 0.01
  steps: {type: integer, default: 5}
  flag: true
  big: 12345678901234567890
  table: {type: URI_FILE, path: table.csv, mode: RO_Mount, description: rows}
  extra: {type: uri_folder, optional: true}
  latest: {path: azureml:iris@latest, mode: download}
  stored: {type: uri_folder, path: azureml://datastores/blobs/paths/a/b}
outputs:
  model:
  report: {type: uri_file, mode: upload, path: azureml://datastores/blobs/paths/r, name: rep, version: 3}
environment: {image: python:3.8, conda_file: env.yml}
environment_variables: {A: 1}
compute: azureml:gpu
resources: {instance_count: 2, instance_type: big, shm_size: 8g, docker_args: --ipc host}
distribution: {type: PyTorch, process_count_per_instance: 3}
limits: {timeout: 600}
identity: {type: user_identity}
services: {board: {type: tensor_board, log_dir: logs}, Studio: {type: Studio, endpoint: x}}
queue_settings: {job_tier: Spot, priority: HIGH}
status: Completed
`);

    assert.deepEqual(warnings, []);
    assert.deepEqual(spec, {
      kind: "command",
      dialect: "C",
      name: "happy_dog_1",
      displayName: "A run",
      experimentName: "demo",
      tags: {},
      properties: {},
      code: local("src"),
      command: {
        source:
          "python x.py --lr ${{inputs.lr}} --table ${{ inputs.table }} $[[--extra ${{inputs.extra}}]] --out ${{outputs.model}}",
        parts: [
          { text: "python x.py --lr " },
          { binding: "inputs", name: "lr" },
          { text: " --table " },
          { binding: "inputs", name: "table" },
          { text: " " },
          { optional: [{ text: "--extra " }, { binding: "inputs", name: "extra" }] },
          { text: " --out " },
          { binding: "outputs", name: "model" },
        ],
      },
      inputs: {
        lr: { kind: "literal", value: 0.01 },
        steps: { kind: "literal", value: 5 },
        flag: { kind: "literal", value: true },
        big: { kind: "literal", value: "12345678901234567890" },
        table: {
          kind: "data",
          source: local("table.csv"),
          mode: "mount",
          type: "uri_file",
          description: "rows",
        },
        extra: { kind: "absent" },
        latest: { kind: "data", source: { kind: "asset", name: "iris", label: "latest" }, mode: "download" },
        stored: {
          kind: "data",
          source: { kind: "datastore", datastore: "blobs", path: "a/b" },
          mode: "mount",
          type: "uri_folder",
        },
      },
      outputs: {
        model: { type: "uri_folder", mode: "rw_mount" },
        report: {
          type: "uri_file",
          mode: "upload",
          path: "azureml://datastores/blobs/paths/r",
          name: "rep",
          version: "3",
        },
      },
      environment: { image: "python:3.8", conda: { dependencies: ["python"] } },
      environmentVariables: { A: "1" },
      compute: { target: "gpu", instanceCount: 2, instanceType: "big" },
      distribution: { type: "pytorch", processCount: 6 },
      resources: { shmSize: "8g", dockerArgs: "--ipc host" },
      timeoutSeconds: 600,
      identity: { type: "user_identity" },
      services: { board: { type: "tensor_board", log_dir: "logs" } },
      queueSettings: { job_tier: "spot", priority: "high" },
    });
  });

  it("builds its environment from a folder", async () => {
    const context = local("context");
    const cases: [string, unknown][] = [
      ["{build: {path: context}}", { build: { dockerfile: "FROM a\n", context } }],
      [
        "{build: {path: context, dockerfile_path: gpu.Dockerfile}}",
        { build: { dockerfile: "FROM b\n", context, dockerfilePath: "gpu.Dockerfile" } },
      ],
      ["azureml:e@latest", { reference: { kind: "asset", name: "e", label: "latest" } }],
      [
        "azureml://registries/azureml/environments/e/versions/3",
        { reference: { kind: "asset", name: "e", version: "3" } },
      ],
    ];
    for (const [yaml, expected] of cases) {
      assert.deepEqual(
        (await read(`command: echo\nenvironment: ${yaml}\n`)).spec.environment,
        expected,
        yaml,
      );
    }
  });

  it("may have code from git, an asset or a snapshot", async () => {
    const id = "a".repeat(64);
    const cases: [string, unknown][] = [
      ["git+https://host/repo.git", { kind: "uri", uri: "git+https://host/repo.git" }],
      ["azureml:code:2", { kind: "asset", name: "code", version: "2" }],
      [`azureml://snapshots/${id}`, { kind: "snapshot", id }],
    ];
    for (const [yaml, expected] of cases) {
      assert.deepEqual((await read(`${smallest}type: command\ncode: ${yaml}\n`)).spec.code, expected, yaml);
    }
  });

  it("refuses a placeholder without a value unless it stands in an optional section", async () => {
    const inputs = "inputs: {x: {type: string, optional: true}}\n";

    assert.deepEqual(await problemsOf(`command: echo \${{inputs.x}}\nenvironment: a\n${inputs}`), [
      "1 command ${{inputs.x}} is optional and has no value | Put the part that needs it into $[[ … ]], or give x a value.",
    ]);
    assert.ok(await read(`command: echo $[[\${{inputs.x}}]]\nenvironment: a\n${inputs}`));
  });
});

describe("a command job of dialect B", () => {
  it("has the older forms of code, inputs and outputs", async () => {
    const { spec, warnings } = await read(`
command: python x.py \${{inputs.f}}
code: {local_path: src}
environment: {build: {local_path: context}}
compute: azureml:cpu
inputs:
  f: {file: https://host/a.csv}
  d: {folder: "azureml://datastores/blobs/paths/d", mode: download}
  s: {dataset: azureml:iris:2, mode: rw_mount}
  l: {dataset: {local_path: src}}
  o: {data: azureml:iris:1, mode: ro_mount}
outputs:
  m: {mode: upload, folder: azureml://datastores/blobs/paths/m}
`);

    assert.equal(spec.dialect, "B");
    assert.deepEqual(spec.code, local("src"));
    assert.deepEqual(spec.inputs, {
      f: {
        kind: "data",
        source: { kind: "uri", uri: "https://host/a.csv" },
        mode: "mount",
        type: "uri_file",
      },
      d: {
        kind: "data",
        source: { kind: "datastore", datastore: "blobs", path: "d" },
        mode: "download",
        type: "uri_folder",
      },
      s: { kind: "data", source: { kind: "asset", name: "iris", version: "2" }, mode: "rw_mount" },
      l: { kind: "data", source: local("src"), mode: "mount" },
      o: { kind: "data", source: { kind: "asset", name: "iris", version: "1" }, mode: "mount" },
    });
    assert.deepEqual(spec.outputs, {
      m: { type: "uri_folder", mode: "upload", path: "azureml://datastores/blobs/paths/m" },
    });
    assert.equal(warnings[0]?.message, "data is the older word for dataset");
  });
});

describe("the dialect of a file", () => {
  it("is told from the keys that only one of them has", async () => {
    const environment = "environment: azureml:e:1\n";
    const cases: [string, string][] = [
      [`command: echo\n${environment}`, "C"],
      [`type: command_job\ncommand: echo\n${environment}compute: {target: local}\n`, "A"],
      [`command: echo\n${environment}compute: {target: local}\n`, "A"],
      [`command: echo\n${environment}compute: local\n`, "C"],
      [`command: echo\n${environment}code: {local_path: src}\n`, "B"],
      [`command: echo\n${environment}code: src\n`, "C"],
    ];
    for (const [yaml, dialect] of cases) assert.equal((await read(yaml)).spec.dialect, dialect, yaml);
  });

  it("is never guessed from mixed keys: both are named, and the rewrite is offered", async () => {
    assert.deepEqual(
      await problemsOf(
        "command: echo ${{inputs.x}}\nenvironment: {docker: {image: a}}\ninputs: {x: {data: azureml:a:1}}\n" +
          "compute: {target: local}\n",
      ),
      [
        "1 command ${{inputs.…}} is the dialect of 2022 and later, but compute.target (line 4) is the 2021 preview " +
          "dialect; one file is one dialect | Write {inputs.…} with single braces.",
      ],
    );
    assert.deepEqual(
      await problemsOf("type: command\ncommand: echo\nenvironment: a\ncompute: {target: gpu}\n"),
      [
        "4 compute compute.target is the 2021 preview dialect, but type: command (line 1) is the dialect of 2022 and " +
          "later; one file is one dialect | Write compute: azureml:<name> (or local), and the number of nodes as " +
          "resources.instance_count.",
      ],
    );
  });
});
