import assert from "node:assert/strict";
import { test } from "node:test";
import { parseCondaSpec } from "./conda-spec.ts";

const table: [written: string, name: string, version: string, rest?: object][] = [
  ["numpy", "numpy", ""],
  ["numpy=1.21", "numpy", "==1.21.*"],
  ["numpy=1.21.*", "numpy", "==1.21.*"],
  ["numpy=1.21*", "numpy", "==1.21.*"],
  ["numpy==1.21", "numpy", "==1.21"],
  ["numpy==1.21.*", "numpy", "==1.21.*"],
  ["numpy=1.21.2=py37h20f2e39_0", "numpy", "==1.21.2", { build: "py37h20f2e39_0" }],
  ["numpy==1.21.2=py37_0", "numpy", "==1.21.2", { build: "py37_0" }],
  ["numpy 1.21.2", "numpy", "==1.21.2"],
  ["numpy 1.21.2 py37_0", "numpy", "==1.21.2", { build: "py37_0" }],
  ["numpy 1.21.*", "numpy", "==1.21.*"],
  ["numpy>=1.21", "numpy", ">=1.21"],
  ["numpy >= 1.21, < 2", "numpy", ">=1.21,<2"],
  ["numpy>=1.21.*,<2", "numpy", ">=1.21,<2"],
  ["numpy!=1.20", "numpy", "!=1.20"],
  ["numpy~=1.21.0", "numpy", "~=1.21.0"],
  ["pytorch=*=*cuda*", "pytorch", "", { build: "*cuda*" }],
  ["pytorch>=1.7=*cpu*", "pytorch", ">=1.7", { build: "*cpu*" }],
  ["numpy[version='>=1.21,<2',build=py37_0]", "numpy", ">=1.21,<2", { build: "py37_0" }],
  ["conda-forge::lightgbm=3.2", "lightgbm", "==3.2.*", { channel: "conda-forge" }],
  ["_openmp_mutex=4.5=1_gnu", "_openmp_mutex", "==4.5", { build: "1_gnu" }],
  ["numpy=1.20|1.21", "numpy", "==1.21", { lost: "=1.20|1.21" }],
  ["numpy=^1.2$", "numpy", "", { lost: "=^1.2$" }],
  ["NumPy=1.21  # why", "numpy", "==1.21.*"],
];

for (const [written, name, version, rest] of table) {
  test(`${written} is ${name}${version} for pip`, () => {
    assert.deepEqual(parseCondaSpec(written), { name, version, ...rest });
  });
}

test("what is not a package is not taken for one", () => {
  for (const text of ["", "./local", "https://example.org/a.tar.bz2", "- pip"]) {
    assert.equal(parseCondaSpec(text), undefined, text);
  }
});
