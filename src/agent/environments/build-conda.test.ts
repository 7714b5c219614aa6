import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { realizeEnvironment } from "./realize.ts";
import { fakePython, testMachine } from "./test-machine.ts";

/** Keeps the file it was given and makes a prefix with a Python that lists one package. */
const fakeConda = (folder: string): string[] => [
  `echo "$1 $2" > '${folder}/asked'`,
  'while [ $# -gt 0 ]; do case "$1" in --prefix) prefix=$2 ;; --file) file=$2 ;; esac; shift; done',
  `cp "$file" '${folder}/given.yml'`,
  'mkdir -p "$prefix/bin"',
  'printf \'#!/bin/sh\\ncase "$1" in -m) echo numpy==1.21.0 ;; *) echo 3.7.12 ;; esac\\n\' > "$prefix/bin/python"',
  'chmod +x "$prefix/bin/python"',
  'echo "Executing transaction: done"',
];

const environment = {
  image: "a.example/base:1",
  conda: {
    name: "n",
    prefix: "/somewhere",
    channels: ["conda-forge"],
    dependencies: ["python=3.7", "numpy=1.21", { pip: ["azureml-defaults", "six"] }],
  },
};

for (const [tool, asked] of [
  ["conda", "env create"],
  ["mamba", "env create"],
  ["micromamba", "create --yes"],
] as const) {
  test(`${tool} makes the environment under the cache, from the user's own lines`, async (t) => {
    const machine = testMachine(t);
    machine.program("python", ...fakePython("3.11.7"));
    machine.program(tool, ...fakeConda(machine.folder));

    const first = await realizeEnvironment(environment, machine.context);
    const again = await realizeEnvironment(environment, machine.context);

    assert.equal(readFileSync(join(machine.folder, "asked"), "utf8"), `${asked}\n`);
    assert.deepEqual(JSON.parse(readFileSync(join(machine.folder, "given.yml"), "utf8")), {
      channels: ["conda-forge"],
      dependencies: ["python=3.7", "numpy=1.21", "pip", { pip: ["six"] }],
    });
    assert.equal(
      first.summary,
      `image a.example/base:1 was not used: no container engine here; ran in an environment built with ${tool}: Python 3.7.12, 1 package`,
    );
    assert.deepEqual(first.packages, ["numpy==1.21.0"]);
    assert.equal(join(first.variables["CONDA_PREFIX"] ?? "", "bin"), first.binFolders[0]);
    assert.match(machine.log(), /azureml-defaults: answered by Trainyard's own client/);
    assert.deepEqual([first.built, again.built], [true, false]);
  });
}

test("what conda could not find is named", async (t) => {
  const machine = testMachine(t);
  machine.program("conda", 'printf "PackagesNotFoundError: not available\\n\\n  - nosuch=9\\n"; exit 1');

  await assert.rejects(
    realizeEnvironment({ conda: { dependencies: ["nosuch=9"] } }, machine.context),
    /could not be built with conda: no channel has nosuch=9[\s\S]*add a channel/,
  );
});
