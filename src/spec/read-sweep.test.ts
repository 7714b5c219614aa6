import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { stringify } from "yaml";
import type { JobSpec } from "../core/job-spec.ts";
import { describeJob } from "./describe-job.ts";
import { InvalidFile } from "./text/problem.ts";
import { readJobFile } from "./read-job.ts";

let folder = "";
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "sweep-"));
  await mkdir(path.join(folder, "src"));
});
after(() => rm(folder, { recursive: true }));

async function read(yaml: string) {
  const file = path.join(folder, "sweep.yml");
  await writeFile(file, yaml);
  return readJobFile(file, { defaultExperiment: "demo", newSeed: 11 });
}

async function problemsOf(yaml: string): Promise<string[]> {
  try {
    await read(yaml);
  } catch (error) {
    assert.ok(error instanceof InvalidFile);
    return error.problems.map(({ line, path: at, message }) => `${line ?? "-"} ${at} ${message}`);
  }
  return [];
}

const dialectA = `
type: sweep_job
algorithm: random
trial:
  code: {local_path: src}
  command: >-
    python fit.py --table {inputs.table} --lr {search_space.lr} --kind {search_space.kind}
  inputs:
    table: {data: "azureml:table-csv:1", mode: mount}
  environment: azureml:my-env:3
  compute: {target: azureml:cpu-cluster}
search_space:
  lr: {type: loguniform, min_value: -6.0, max_value: -1.0}
  kind: {type: choice, values: [a, b]}
objective: {primary_metric: val_loss, goal: minimize}
early_termination: {policy_type: median_stopping, evaluation_interval: 1, delay_evaluation: 5}
max_total_trials: 20
max_concurrent_trials: 4
timeout_minutes: 120
tags: {team: a}
`;

const dialectC = `
type: sweep
display_name: a sweep
trial:
  code: src
  command: python fit.py --n \${{search_space.n}} --m \${{inputs.m}} $[[--depth \${{search_space.depth}}]]
  environment: {image: "python:3.11"}
  environment_variables: {A: b}
  resources: {instance_count: 2}
inputs:
  m: 3
compute: azureml:gpu
sampling_algorithm: {type: random, rule: sobol, seed: 5, logbase: e}
search_space:
  n: {type: qlognormal, mu: 1, sigma: 0.5, q: 2}
  kind:
    type: choice
    values: [linear, 3, true, {depth: {type: randint, upper: 9}, fixed: 1}]
objective: {primary_metric: test-multi_logloss, goal: maximize}
early_termination: {type: bandit, slack_factor: 0.1, evaluation_interval: 2}
limits: {max_total_trials: 9, timeout: 600, trial_timeout: 60}
`;

describe("A sweep of dialect A", () => {
  it("is its trial's job with what is searched", async () => {
    const { spec, warnings } = await read(dialectA);

    assert.deepEqual(warnings, []);
    assert.deepEqual(
      [spec.dialect, spec.compute, spec.tags, spec.experimentName],
      ["A", { target: "cpu-cluster", instanceCount: 1 }, { team: "a" }, "demo"],
    );
    assert.deepEqual(Object.keys(spec.inputs), ["table"]);
    assert.deepEqual(spec.sweep, {
      searchSpace: {
        lr: { type: "loguniform", minValue: -6, maxValue: -1 },
        kind: { type: "choice", values: ["a", "b"] },
      },
      sampling: { type: "random", seed: 11 },
      objective: { primaryMetric: "val_loss", goal: "minimize" },
      earlyTermination: { type: "median_stopping", evaluationInterval: 1, delayEvaluation: 5 },
      limits: { maxTotalTrials: 20, maxConcurrentTrials: 4, timeoutSeconds: 7200 },
    });
  });

  it("runs as many trials as there are at once, and a thousand, when nothing else is said", async () => {
    const { spec } = await read(dialectA.replaceAll(/max_\w+: \d+\n|timeout_minutes.*\n/g, ""));
    assert.deepEqual(spec.sweep?.limits, { maxTotalTrials: 1000, maxConcurrentTrials: 1000 });
  });
});

describe("A sweep of dialect C", () => {
  it("has its inputs and compute beside the trial", async () => {
    const { spec } = await read(dialectC);

    assert.deepEqual(
      [spec.dialect, spec.displayName, spec.compute, spec.environmentVariables],
      ["C", "a sweep", { target: "gpu", instanceCount: 2 }, { A: "b" }],
    );
    assert.deepEqual(spec.inputs, { m: { kind: "literal", value: 3 } });
    const { searchSpace, sampling, earlyTermination, limits } = spec.sweep!;
    assert.deepEqual(searchSpace, {
      n: { type: "qlognormal", mu: 1, sigma: 0.5, q: 2 },
      kind: {
        type: "choice",
        values: ["linear", 3, true, { depth: { type: "randint", upper: 9 }, fixed: 1 }],
      },
    });
    assert.deepEqual(sampling, { type: "sobol", seed: 5, logBase: "e" });
    assert.deepEqual(earlyTermination, {
      type: "bandit",
      slackFactor: 0.1,
      evaluationInterval: 2,
      delayEvaluation: 0,
    });
    assert.deepEqual(limits, {
      maxTotalTrials: 9,
      maxConcurrentTrials: 9,
      timeoutSeconds: 600,
      trialTimeoutSeconds: 60,
    });
  });

  it("warns of a parameter that the command does not mention", async () => {
    const { warnings } = await read(dialectC);
    assert.deepEqual(
      warnings.map(({ path: at, message }) => `${at} ${message}`),
      ["search_space.kind the command does not mention ${{search_space.kind}}"],
    );
  });
});

describe("A sweep's faults", () => {
  it("are told all at once, each at its place", async () => {
    const faulty = dialectC
      .replace("loguniform", "x")
      .replace("search_space.n}}", "search_space.m}}")
      .replace("goal: maximize", "goal: maximise")
      .replace("slack_factor: 0.1", "slack_factor: 0.1, slack_amount: 1")
      .replace("upper: 9", "upper: 0")
      .replace("max_total_trials: 9", "max_total_trials: 9, max_concurrent_trials: 10")
      .replace("qlognormal, mu: 1", "quniform, min_value: 3, max_value: 1");
    assert.deepEqual(await problemsOf(faulty), [
      "6 trial.command ${{search_space.m}} names no declared parameter; declared parameters: n, kind, depth, fixed",
      "15 search_space.n min_value 3 is greater than max_value 1",
      "15 search_space.n.sigma unknown key; allowed: type, min_value, max_value, q",
      "18 search_space.kind.values[3].depth.upper found 0; expected a whole number, 1 or more",
      '19 objective.goal found "maximise"; allowed: minimize, maximize',
      "20 early_termination a bandit policy has exactly one of slack_factor and slack_amount",
      "21 limits max_concurrent_trials is 10, more than the 9 trials in all",
    ]);
  });

  it("name what a sweep lacks", async () => {
    assert.deepEqual(await problemsOf("type: sweep_job\n"), [
      "1  the required key trial is missing",
      "1  the required key algorithm is missing",
      "1  the required key objective is missing",
    ]);
    assert.match(
      (await problemsOf("search_space: {}\n"))[0] ?? "",
      /belongs to a sweep, which needs trial as well/,
    );
  });
});

describe("A sweep that is shown", () => {
  for (const [name, text] of Object.entries({ "dialect A": dialectA, "dialect C": dialectC })) {
    it(`reads back as the same: ${name}`, async () => {
      const { spec } = await read(text);
      const shown = await read(stringify(describeJob(spec)));
      // Dialect A has no place for a seed: the spec that is kept has it.
      const expected: JobSpec = spec;
      assert.deepEqual(shown.spec, expected);
    });
  }
});
