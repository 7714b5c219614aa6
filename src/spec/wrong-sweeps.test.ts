// What people get wrong in sweep files: each is refused, at its place, with words that say what to write.
import assert from "node:assert/strict";
import { test } from "node:test";
import { InvalidFile } from "./text/problem.ts";
import { readJobText } from "./read-job.ts";

const right = {
  type: "sweep",
  trial: { command: "python train.py ${{search_space.x}}", environment: "python:3.11" },
  compute: "local",
  search_space: { x: { type: "uniform", min_value: 0, max_value: 1 } },
  objective: { primary_metric: "loss", goal: "minimize" },
  sampling_algorithm: "random",
  limits: { max_total_trials: 4 },
};

const x = (distribution: object) => ({ search_space: { x: distribution } });
const early = (policy: object) => ({ early_termination: policy });

/** What is written instead → where and how it is refused; several faults in their order. */
const wrong: [change: object, ...faults: RegExp[]][] = [
  [{ trial: null }, /^trial found nothing; expected a mapping/],
  [{ trial: { environment: "python:3.11" } }, /^trial the required key command is missing/],
  [{ trial: { component: "azureml:x:1" } }, /^trial.component components are not supported .*Write the/],
  [
    { trial: { command: "python train.py ${{search_space.y}}", environment: "python:3.11" } },
    /^trial.command \$\{\{search_space.y\}\} names no declared parameter; declared parameters: x/,
  ],
  [{ command: "python train.py" }, /^command unknown key; allowed: .*trial/],
  [x({ type: "unifrom", min_value: 0, max_value: 1 }), /^search_space.x.type found "unifrom"; .*uniform/],
  [x({ min_value: 0, max_value: 1 }), /^search_space.x the required key type is missing; one of choice/],
  [x({ type: "uniform", min_value: 2, max_value: 1 }), /min_value 2 is greater than max_value 1.*Swap/],
  [x({ type: "uniform", min_value: 2 }), /^search_space.x the required key max_value is missing/],
  [x({ type: "quniform", min_value: 0, max_value: 1 }), /^search_space.x the required key q is missing/],
  [x({ type: "quniform", min_value: 0, max_value: 1, q: 0 }), /^search_space.x.q found 0; .*above 0/],
  [x({ type: "choice", values: [] }), /^search_space.x.values has no values to choose from/],
  [
    x({ type: "choice", values: [[1]] }),
    /^search_space.x.values\[0\] found a list; expected a text, a number/,
  ],
  [
    x({ type: "choice", options: [1] }),
    /^search_space.x.options unknown key; allowed: type, values/,
    /^search_space.x the required key values is missing/,
  ],
  [x({ type: "randint", upper: 0 }), /^search_space.x.upper found 0; expected a whole number, 1 or more/],
  [x({ type: "normal", mu: 0, sigma: -1 }), /^search_space.x.sigma found -1; expected a number above 0/],
  [{ objective: { goal: "minimize" } }, /^objective the required key primary_metric is missing/],
  [
    { objective: { primary_metric: "loss", goal: "minimise" } },
    /^objective.goal found "minimise"; allowed: minimize, maximize/,
  ],
  [{ sampling_algorithm: "baysian" }, /^sampling_algorithm found "baysian"; allowed: .*bayesian/],
  [{ sampling_algorithm: { type: "random", seed: -1 } }, /^sampling_algorithm.seed found -1/],
  [early({ type: "bandit" }), /^early_termination a bandit policy has exactly one of slack_factor/],
  [early({ type: "bandit", slack_factor: 1, slack_amount: 1 }), /^early_termination .*exactly one of/],
  [early({ type: "median" }), /^early_termination.type found "median"; allowed: bandit, median_stopping/],
  [
    early({ type: "truncation_selection", truncation_percentage: 100 }),
    /^early_termination.truncation_percentage found 100; expected a number, 1 to 99/,
  ],
  [early({ type: "successive_halving", reduction_factor: 1 }), /reduction_factor found 1; .*2 or more/],
  [
    { limits: { max_total_trials: 2, max_concurrent_trials: 3 } },
    /^limits max_concurrent_trials is 3, more than the 2 trials in all/,
  ],
  [{ limits: { max_total_trials: 0 } }, /^limits.max_total_trials found 0; expected a whole number, 1 to/],
  [{ limits: { max_trials: 2 } }, /^limits.max_trials unknown key; allowed: max_total_trials/],
];

function faultsOf(change: object): string[] {
  try {
    const options = { defaultExperiment: "demo", newSeed: 1 };
    readJobText("sweep.yml", JSON.stringify({ ...right, ...change }), options);
    return [];
  } catch (error) {
    assert.ok(error instanceof InvalidFile);
    return error.problems.map(({ path, message, hint = "" }) => `${path} ${message} ${hint}`);
  }
}

test("the file that the others are made from is right", () => {
  assert.deepEqual(faultsOf({}), []);
});

for (const [change, ...faults] of wrong) {
  test(`refused: ${JSON.stringify(change)}`, () => {
    const told = faultsOf(change);

    assert.equal(told.length, faults.length, told.join("\n"));
    for (const [index, fault] of faults.entries()) assert.match(told[index]!, fault);
  });
}
