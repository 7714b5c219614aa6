import assert from "node:assert/strict";
import { test } from "node:test";
import type { Environment } from "../../core/job-spec.ts";
import { cpuTorchIndex, planForConda, planForPip } from "./install-plan.ts";

const withConda = (...dependencies: (string | { pip: string[] })[]): Environment => ({
  conda: { channels: ["conda-forge"], dependencies },
});

test("conda names become pip names, with what only conda has dropped, and every change is said", () => {
  const plan = planForPip(
    withConda(
      "python=3.7",
      "pip=20.2",
      "pytorch::pytorch=1.7.1",
      "tensorflow-gpu>=2.4",
      "cudatoolkit=11.0",
      "_openmp_mutex=4.5",
      "libgcc-ng",
      "ffmpeg",
      "scikit-learn",
      { pip: ["azureml-defaults", "toolz"] },
    ),
  );

  assert.equal(plan.python, "==3.7.*");
  assert.deepEqual(plan.requirements, ["torch==1.7.1.*", "tensorflow>=2.4", "scikit-learn", "toolz"]);
  assert.deepEqual(plan.warnings, [
    "ffmpeg was not installed: only conda can install it, so the machine has to have it",
  ]);
  const notes = plan.notes.join("\n");
  for (const said of [
    "torch==1.7.1.*",
    "cudatoolkit=11.0: dropped",
    "_openmp_mutex",
    "azureml-defaults: answered",
  ]) {
    assert.ok(notes.includes(said), `${said} in\n${notes}`);
  }
});

test("asking for PyTorch without CUDA adds the index that has it", () => {
  for (const name of ["cpuonly", "pytorch-cpu=1.7"]) {
    const plan = planForPip(withConda("pytorch", name));
    assert.deepEqual(plan.options, [`--extra-index-url ${cpuTorchIndex}`], name);
  }
  assert.deepEqual(planForPip(withConda("pytorch")).options, []);
});

test("the pip lines of the environment follow those of its conda file", () => {
  const plan = planForPip({ ...withConda({ pip: ["toolz"] }), pip: ["six"] });
  assert.deepEqual(plan.requirements, ["toolz", "six"]);
});

test("conda gets the user's file, with pip and Python in it and the original platform's packages out of it", () => {
  const plan = planForConda(
    withConda("numpy=1.21=py37_0", "azureml-core", {
      pip: ["azureml-mlflow", "-f https://a.example", "six"],
    }),
  );

  assert.deepEqual(plan.file, {
    channels: ["conda-forge"],
    dependencies: [
      "python",
      "numpy=1.21=py37_0",
      "pip",
      { pip: ["--find-links https://a.example", "mlflow-skinny", "six"] },
    ],
  });
});

test("a dependency that is no conda package is refused, with the place it belongs to", () => {
  assert.throws(() => planForPip(withConda("git+https://a.example/b")), /belong under "- pip:"/);
});
