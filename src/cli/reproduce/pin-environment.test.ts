import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compareLocks, pinEnvironment } from "./pin-environment.ts";

const lock = "# python 3.11.4, built with uv\nnumpy==1.26.4\nscipy==1.11.0\n";

describe("pinning an environment to its lock", () => {
  it("takes every package and the Python of then, and drops the name it was registered by", () => {
    const { environment, summary } = pinEnvironment(
      {
        name: "env",
        version: "3",
        conda: {
          dependencies: ["python>=3.9", "numpy", { pip: ["--extra-index-url https://host/x", "scipy"] }],
        },
        environmentVariables: { A: "1" },
      },
      lock,
    );

    assert.deepEqual(environment, {
      environmentVariables: { A: "1" },
      conda: { dependencies: ["python=3.11"] },
      pip: ["--extra-index-url https://host/x", "numpy==1.26.4", "scipy==1.11.0"],
    });
    assert.equal(summary, "pinned to the 2 packages of the environment lock and Python 3.11");
  });

  it("leaves out what stood on one machine only, and says so", () => {
    const text = `${lock}mine @ file:///home/me/mine\n-e /home/me/other\n-e git+https://host/x#egg=x\n`;

    const { environment, warnings } = pinEnvironment({ pip: ["numpy"] }, text);

    assert.deepEqual(environment.pip, ["numpy==1.26.4", "scipy==1.11.0", "-e git+https://host/x#egg=x"]);
    assert.equal(warnings.length, 2);
  });

  it("asks for the index of PyTorch without CUDA when that is what was installed", () => {
    const { environment } = pinEnvironment(
      { conda: { dependencies: ["pytorch", "cpuonly"] } },
      "# pip\ntorch==2.1.0+cpu\n",
    );

    assert.deepEqual(environment, { conda: { dependencies: ["cpuonly"] }, pip: ["torch==2.1.0+cpu"] });
  });

  it("pins what the file names when conda built it, because the rest has no words for pip", () => {
    const { environment } = pinEnvironment(
      {
        conda: {
          channels: ["conda-forge"],
          dependencies: ["python=3.8", "conda-forge::numpy>=1", "libblas", { pip: ["scipy"] }],
        },
      },
      lock.replace("uv", "micromamba"),
    );

    assert.deepEqual(environment.conda, {
      channels: ["conda-forge"],
      dependencies: ["python=3.11", "conda-forge::numpy=1.26.4", "libblas", { pip: ["scipy==1.11.0"] }],
    });
  });

  it("says why it pins nothing", () => {
    const own = { image: "python" };
    assert.deepEqual(pinEnvironment(own, lock).environment, own);
    assert.match(pinEnvironment(own, lock).summary, /machine's own/);

    const built = { pip: ["numpy"] };
    assert.deepEqual(pinEnvironment(built, undefined).environment, built);
    assert.match(pinEnvironment(built, undefined).summary, /no environment lock/);
  });

  it("tells the packages that two locks differ in", () => {
    assert.deepEqual(compareLocks(lock, lock.replace("1.11.0", "1.12.0")), [
      "-scipy==1.11.0",
      "+scipy==1.12.0",
    ]);
    assert.equal(compareLocks(lock, undefined), undefined);
  });
});
