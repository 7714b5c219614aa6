import assert from "node:assert/strict";
import { test } from "node:test";
import { curatedEnvironmentNames, findCuratedEnvironment } from "./curated-environments.ts";

const pipLinesOf = (name: string): string[] =>
  (findCuratedEnvironment(name)?.conda?.dependencies ?? []).flatMap((entry) =>
    typeof entry === "string" ? [] : entry.pip,
  );

const expected: [name: string, has: RegExp, hasNot: RegExp][] = [
  ["AzureML-Minimal", /^mlflow-skinny$/, /torch|pandas/],
  ["AzureML-Tutorial", /^scikit-learn$/, /torch/],
  ["AzureML-sklearn-0.24-ubuntu18.04-py37-cpu", /^scikit-learn$/, /torch/],
  ["AzureML-Scikit-learn0.24-Cuda11-OpenMpi4.1.0-py36", /^scikit-learn$/, /torch/],
  ["AzureML-lightgbm-3.2-ubuntu18.04-py37-cpu", /^lightgbm/, /torch/],
  ["AzureML-PyTorch-1.6-CPU", /^--extra-index-url .*\/cpu$/, /tensorflow/],
  ["AzureML-PyTorch-1.6-GPU", /^torch/, /\/cpu$/],
  ["AzureML-pytorch-1.7-ubuntu18.04-py37-cuda11-gpu", /^torch/, /\/cpu$/],
  ["AzureML-Pytorch1.7-Cuda11-OpenMpi4.1.0-py36", /^torch/, /\/cpu$/],
  ["AzureML-TensorFlow2.4-Cuda11-OpenMpi4.1.0-py36", /^tensorflow\[and-cuda\]/, /torch/],
  ["AzureML-tensorflow-2.4-ubuntu18.04-py37-cuda11-gpu", /^tensorflow\[and-cuda\]/, /torch/],
  ["AzureML-TensorFlow-2.3-CPU", /^tensorflow>/, /cuda/],
];

for (const [name, has, hasNot] of expected) {
  test(`${name} installs ${has}, and nothing like ${hasNot}`, () => {
    const lines = pipLinesOf(name);
    assert.ok(
      lines.some((line) => has.test(line)),
      lines.join("\n"),
    );
    assert.ok(!lines.some((line) => hasNot.test(line)), lines.join("\n"));
  });
}

test("every listed name is found, in any case and version", () => {
  for (const name of curatedEnvironmentNames) {
    assert.equal(findCuratedEnvironment(name.toLowerCase(), "17")?.version, "17", name);
    assert.equal(findCuratedEnvironment(name)?.name, name);
  }
});

test("names that nothing stands in for are not found", () => {
  for (const name of [
    "AzureML-TensorFlow-1.13-GPU",
    "AzureML-Chainer-5.1.0-CPU",
    "my-environment",
    "pytorch",
  ]) {
    assert.equal(findCuratedEnvironment(name), undefined, name);
  }
});
