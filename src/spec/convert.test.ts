import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { parse } from "yaml";
import type { JobSpec } from "../core/job-spec.ts";
import { createRandom } from "../../test/support/random.ts";
import { jobOfA, jobOfB } from "../../test/support/made-up-jobs.ts";
import { convertJobFile } from "./convert.ts";
import { InvalidFile } from "./text/problem.ts";
import { readJobFile } from "./read-job.ts";

let folder = "";
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "convert-"));
  for (const name of ["src", "nested/code", "docker", "elsewhere"])
    await mkdir(path.join(folder, name), { recursive: true });
  await write("env.yml", "dependencies:\n  - python=3.8\n  - pip: [numpy]\n");
  await write("table.csv", "a,b\n");
  await write("Dockerfile", "FROM python:3.8\n");
  await write("docker/Dockerfile", "FROM python:3.8\nCOPY . /app\n");
  await write("docker/gpu.dockerfile", "FROM python:3.9\nCOPY . /app\n");
  await write("nested/env.yml", "docker: {image: python}\nconda_file: file:../env.yml\n");
  await write("nested/code.yml", "local_path: code\n");
  await write("nested/data.yml", "local_path: ../table.csv\n");
});
after(() => rm(folder, { recursive: true }));

const write = (name: string, content: string) => writeFile(path.join(folder, name), content);
const at = (name: string) => path.join(folder, name);
const read = async (name: string) => (await readJobFile(at(name), { defaultExperiment: "here" })).spec;

/** Converts and reads both back; the two specs must mean the same. */
async function convert(yaml: string, out = "converted.yml"): Promise<{ text: string; warnings: string[] }> {
  await write("job.yml", yaml);
  const original = await read("job.yml");
  const { text, warnings } = await convertJobFile(at("job.yml"), { out: at(out) });
  await write(out, text);
  const converted = await read(out);
  assert.equal(converted.dialect, "C");
  assert.deepEqual(meaningOf(converted, original), meaningOf(original, original), text);
  return { text, warnings: warnings.map(({ path: where, message }) => `${where}: ${message}`) };
}

/** The spec without what only says how it was written, and with dialect C's defaults where A had others. */
function meaningOf(spec: JobSpec, original: JobSpec): JobSpec {
  const { distribution, environment, identity, timeoutSeconds, ...rest } = structuredClone(spec);
  const { output: _, ...kept } = rest;
  const nodes = spec.compute.instanceCount;
  const { build } = environment;
  const word = identity?.["type"];
  return {
    ...kept,
    dialect: "C",
    command: {
      source: spec.command.parts.map((part) => ("text" in part ? part.text : "_")).join(""),
      parts: spec.command.parts,
    },
    inputs: Object.fromEntries(
      Object.entries(spec.inputs).map(([name, input]) => {
        const before = original.inputs[name];
        // A never says of what type its data is, and forgets what is said about it; C has words for both.
        if (input.kind !== "data" || before?.kind !== "data" || before.type) return [name, input];
        const { type: _type, description: _description, ...untyped } = input;
        return [name, untyped];
      }),
    ),
    // A Dockerfile that copies nothing has no context in A; C always names its folder.
    environment: build
      ? { ...environment, build: { dockerfile: build.dockerfile, ...contextOf(spec, original) } }
      : environment,
    ...(distribution && {
      distribution:
        distribution.type === "pytorch"
          ? { type: "pytorch", processCount: Math.ceil((distribution.processCount ?? nodes) / nodes) * nodes }
          : distribution,
    }),
    ...(identity && { identity: { ...identity, type: word === "amltoken" ? "aml_token" : word } }),
    ...(timeoutSeconds !== undefined && { timeoutSeconds: Math.ceil(timeoutSeconds) }),
  };
}

function contextOf(spec: JobSpec, original: JobSpec) {
  const context = spec.environment.build?.context;
  return original.environment.build?.context && context ? { context } : {};
}

describe("converting a job file to dialect C", () => {
  it("keeps comments, order, folds and spacing, and changes only what is said differently", async () => {
    const { text, warnings } = await convert(`# Trains a thing.
$schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json
type: command_job
experiment_name:   demo   # spacing stays

# where the code is
code:
  # the folder
  local_path: src   # not the tests

command: >-
  python train.py
  --table {inputs.table}
    # {inputs.other}

inputs:
  # the table
  table:
    data:
      path: https://host/table.csv # public
    mode: mount
  other: {data: azureml:x:1, mode: download}
environment:
  docker: {image: python} # any
# where it runs
compute:
  target: azureml:gpu # fast
  # how many
  instance_count: 2
timeout: 90 # seconds
# the end
`);

    assert.deepEqual(warnings, []);
    assert.equal(
      text,
      `# Trains a thing.
$schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json
type: command
experiment_name:   demo   # spacing stays

# where the code is
# the folder
code: src # not the tests

command: >-
  python train.py
  --table \${{inputs.table}}
    # \${{inputs.other}}

inputs:
  # the table
  table:
    type: uri_file
    path: https://host/table.csv # public
    mode: ro_mount
  other: {path: azureml:x:1, mode: download}
environment:
  # any
  image: python
# where it runs
compute: azureml:gpu # fast
resources:
  # how many
  instance_count: 2
limits:
  timeout: 90 # seconds
# the end
`,
    );
  });

  it("takes over what file: names, with paths that start at the new file", async () => {
    const { text } = await convert(
      `code: file:nested/code.yml
command: python x.py {inputs.table}
inputs: {table: {data: file:nested/data.yml}}
environment: file:nested/env.yml
compute: {target: local}
`,
      "elsewhere/new.yml",
    );

    assert.deepEqual(parse(text), {
      code: "../nested/code",
      command: "python x.py ${{inputs.table}}",
      inputs: { table: { type: "uri_file", path: "../table.csv" } },
      environment: { image: "python", conda_file: "../env.yml" },
      compute: "local",
    });
  });

  it("counts the processes of one node, and says so when the nodes do not divide them", async () => {
    const job = (processes: number) =>
      `command: x\nenvironment: azureml:e:1\ncompute: {target: gpu, instance_count: 2}\ndistribution: {type: pytorch, process_count: ${processes}}\n`;

    const even = await convert(job(4));
    const odd = await convert(job(5));

    assert.deepEqual(parse(even.text).distribution, { type: "pytorch", process_count_per_instance: 2 });
    assert.deepEqual(even.warnings, []);
    assert.deepEqual(parse(odd.text).distribution, { type: "pytorch", process_count_per_instance: 3 });
    assert.deepEqual(odd.warnings, [
      "distribution.process_count: 5 processes on 2 nodes cannot be written as a number a node: 3 a node are 6",
    ]);
  });

  it("tells everything that has no equal", async () => {
    const { warnings } = await convert(`command: x
environment: {name: e, version: 3, docker: {image: python}, datastore: azureml:d}
code: {local_path: src, description: the code}
compute: {target: gpu, location: here, properties: {a: 1}}
timeout: 1.5
output: {path: there}
`);

    assert.deepEqual(
      warnings.map((warning) => warning.split(":")[0]).toSorted((a, b) => (a! < b! ? -1 : 1)),
      ["code.description", "compute.location", "compute.properties", "environment.datastore"].concat([
        "environment.name",
        "environment.version",
        "output",
        "timeout",
      ]),
    );
  });

  it("leaves a file of dialect C as it is, to the letter", async () => {
    const job = "command:   x\nenvironment: {image:   python, conda_file: env.yml}\ncode:   src # c\n";
    assert.equal((await convert(job)).text, job);
  });

  it("writes out aliases and merges, and keeps their comments", async () => {
    const { text } = await convert(`command: echo {inputs.a} {inputs.b} # both
inputs:
  a: &one {data: {local_path: table.csv}, mode: mount}
  b:
    <<: *one
    mode: download
environment: azureml:e:1
compute: {target: local}
`);
    assert.deepEqual(parse(text).inputs, {
      a: { type: "uri_file", path: "table.csv", mode: "ro_mount" },
      b: { type: "uri_file", path: "table.csv", mode: "download" },
    });
    assert.match(text, /# both/);
  });

  it("refuses what would become another command, and addresses that dialect C takes no code from", async () => {
    const rest = "environment: azureml:e:1\ncompute: {target: local}\n";
    await write("job.yml", `command: echo $[[ 1 ]]\n${rest}`);
    await assert.rejects(convertJobFile(at("job.yml")), /holds \$\[\[, which is plain text/);
    await write("job.yml", `command: x\ncode: {path: "https://host/code"}\n${rest}`);
    await assert.rejects(convertJobFile(at("job.yml")), /job.yml, rewritten:.* code .*expected a folder/);
    await write("job.yml", `command: x\nwrong: 1\n${rest}`);
    await assert.rejects(convertJobFile(at("job.yml")), InvalidFile);
  });

  it("moves a sweep's inputs and compute out of its trial, and its numbers under limits", async () => {
    await write(
      "sweep.yml",
      `type: sweep_job
algorithm: random # how
trial:
    code: {local_path: src}
    # run it
    command: >-
        python fit.py --table {inputs.table}
        --rate {search_space.rate}
    inputs:
        table: {data: "azureml:table:1", mode: mount}
    environment: azureml:e:3
    compute: {target: azureml:cpu, instance_count: 2}
    timeout: 60
search_space:
  rate: {type: uniform, min_value: 0, max_value: 1} # any
objective: {primary_metric: loss, goal: minimize}
early_termination: {policy_type: median_stopping, delay_evaluation: 5}
max_total_trials: 20
max_concurrent_trials: 4
timeout_minutes: 120
`,
    );
    const { text, from, kind } = await convertJobFile(at("sweep.yml"));

    assert.deepEqual([from, kind], ["A", "sweep"]);
    assert.match(text, /table \$\{\{inputs\.table\}\}\n {8}--rate/, "the fold stays");
    assert.match(text, /sampling_algorithm: random # how/);
    assert.deepEqual(parse(text), {
      type: "sweep",
      sampling_algorithm: "random",
      trial: {
        code: "src",
        command: "python fit.py --table ${{inputs.table}} --rate ${{search_space.rate}}",
        environment: "azureml:e:3",
        resources: { instance_count: 2 },
      },
      search_space: { rate: { type: "uniform", min_value: 0, max_value: 1 } },
      objective: { primary_metric: "loss", goal: "minimize" },
      early_termination: { type: "median_stopping", delay_evaluation: 5 },
      limits: { max_total_trials: 20, max_concurrent_trials: 4, timeout: 7200, trial_timeout: 60 },
      inputs: { table: { path: "azureml:table:1", mode: "ro_mount" } },
      compute: "azureml:cpu",
    });
  });

  for (const [dialect, make] of [
    ["A", jobOfA],
    ["B", jobOfB],
  ] as const) {
    it(`keeps the meaning of three hundred made-up jobs of dialect ${dialect}`, async () => {
      const random = createRandom(dialect === "A" ? 1 : 2);
      for (let turn = 0; turn < 300; turn++) {
        const out = random.chance(0.3) ? "elsewhere/new.yml" : "converted.yml";
        await convert(make(random), out);
      }
    });
  }
});
