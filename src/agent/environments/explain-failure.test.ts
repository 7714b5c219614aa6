import assert from "node:assert/strict";
import { test } from "node:test";
import { explainFailure } from "./explain-failure.ts";

const facts = { builder: "pip", pythonVersion: "3.11.7", pythonRequest: "" };

const table: [title: string, printed: string, says: RegExp][] = [
  [
    "an unknown version, by pip",
    "WARNING: Retrying\nERROR: Could not find a version that satisfies the requirement six==99 (from versions: 1.16.0)\nERROR: No matching distribution found for six==99",
    /^the environment could not be built with pip: no version of six==99 can be found\n/,
  ],
  [
    "an unknown package, by uv",
    "error: No solution found when resolving dependencies\n  cause: Because zz was not found in the package registry",
    /there is no package zz\n/,
  ],
  [
    "a conflict, by pip",
    "ERROR: Cannot install a==1 and b==2 because these package versions have conflicting dependencies.",
    /: a==1 and b==2 exclude each other\n/,
  ],
  [
    "a failed compilation, by pip",
    "Collecting numpy==1.19.0\nerror: subprocess-exited-with-error",
    /numpy==1\.19\.0 could not be compiled\n[\s\S]*no ready-made build for Python 3\.11\.7/,
  ],
  [
    "a failed compilation, by uv",
    "error: Failed to build `numpy==1.19.0`",
    /numpy==1\.19\.0 could not be compiled/,
  ],
  [
    "no network",
    "WARNING: Retrying … NewConnectionError … Name or service not known\nERROR: No matching distribution found for six",
    /the package index could not be reached\n/,
  ],
  [
    "no venv module",
    "The virtual environment was not created successfully because ensurepip is not available.",
    /Install uv, or your system's package/,
  ],
  ["a full disk", "OSError: [Errno 28] No space left on device", /the disk is full/],
  [
    "an unknown package, by conda",
    "PackagesNotFoundError: The following packages are not available from current channels:\n\n  - nosuch=9",
    /no channel has nosuch=9\n/,
  ],
  [
    "anything else",
    "boom",
    /the builder failed\n {2}boom\nThe whole of what the builder printed is in the build log\.$/,
  ],
];

for (const [title, printed, says] of table) {
  test(`${title} is explained`, () => assert.match(explainFailure(printed.split("\n"), facts).message, says));
}

test("of a wall of output only the last useful lines are shown", () => {
  const wall = Array.from({ length: 300 }, (_, index) => `line ${index} ${"x".repeat(1000)}`);
  const { message } = explainFailure(wall, facts);

  assert.equal(message.split("\n").length, 10);
  assert.ok(message.includes("line 299") && message.length < 3000);
});

test("when another Python was asked for than there is, the hint says how to get it", () => {
  const asked = { ...facts, pythonRequest: "==3.7.*" };
  assert.match(
    explainFailure(["error: subprocess-exited-with-error"], asked).message,
    /asks for Python 3\.7\.\*.*install uv/,
  );
});
