import assert from "node:assert/strict";
import { test } from "node:test";
import { EnvironmentFailed } from "./environment-failed.ts";
import { readRequirementLines } from "./requirement-lines.ts";

const kept: [line: string, requirement: string][] = [
  ["six==1.16.0", "six==1.16.0"],
  ["  six  # comment", "six"],
  [
    'uvicorn[standard] >=0.20,<1 ; python_version >= "3.8"',
    'uvicorn[standard] >=0.20,<1 ; python_version >= "3.8"',
  ],
  ["git+https://example.org/a/b@main#egg=b", "git+https://example.org/a/b@main#egg=b"],
  ["b @ https://example.org/b-1-py3-none-any.whl", "b @ https://example.org/b-1-py3-none-any.whl"],
  ["-e git+https://example.org/a/b#egg=b", "--editable git+https://example.org/a/b#egg=b"],
  ["/data/wheels/b-1-py3-none-any.whl", "/data/wheels/b-1-py3-none-any.whl"],
  ["six==1.16.0 --hash=sha256:abc", "six==1.16.0 --hash=sha256:abc"],
];

for (const [line, requirement] of kept) {
  test(`"${line}" is kept`, () => {
    assert.deepEqual(readRequirementLines([line]).requirements, [requirement]);
  });
}

const options: [line: string, option: string][] = [
  ["-f https://example.org/wheels.html", "--find-links https://example.org/wheels.html"],
  ["-fhttps://example.org/wheels.html", "--find-links https://example.org/wheels.html"],
  ["--extra-index-url=https://example.org/simple", "--extra-index-url https://example.org/simple"],
  ["-i https://example.org/simple", "--index-url https://example.org/simple"],
  ["--pre", "--pre"],
];

for (const [line, option] of options) {
  test(`"${line}" is the option "${option}"`, () => {
    assert.deepEqual(readRequirementLines([line]).options, [option]);
  });
}

const refused: [line: string, says: RegExp][] = [
  ["-r requirements.txt", /names another file[\s\S]*Write the lines of requirements\.txt here/],
  ["--constraint=c.txt", /names another file/],
  ["-e .", /path beside the environment's file/],
  ["./wheels/b-1-py3-none-any.whl", /path beside/],
  ["b-1-py3-none-any.whl", /path beside/],
  ["-f ./wheels", /path beside/],
  ["--extra-index-ur https://user:word@example.org", /not an option[\s\S]*Did you mean --extra-index-url/],
  ["--index-url", /no value/],
  ["numpy 1.21", /not a pip requirement/],
];

for (const [line, says] of refused) {
  test(`"${line}" is refused, with what to do`, () => {
    assert.throws(
      () => readRequirementLines([line]),
      (error) =>
        error instanceof EnvironmentFailed && says.test(error.message) && !error.message.includes("word@"),
    );
  });
}

test("the original platform's packages are answered by our client, with what they brought along", () => {
  const read = readRequirementLines([
    "azureml-defaults",
    "azureml_core==1.30",
    "azureml-sdk[notebooks]>=1.0",
    "azureml-dataprep[pandas, fuse]",
    "azureml-mlflow",
    "azureml-interpret",
    "azure-storage-blob",
  ]);

  assert.deepEqual(read.requirements, ["pandas", "pyarrow", "mlflow-skinny", "azure-storage-blob"]);
  assert.equal(read.notes.length, 6);
  assert.match(read.warnings.join(), /^azureml-interpret was not installed[^,]*, so importing it will fail$/);
});

test("a line continued by a backslash is one line", () => {
  assert.deepEqual(readRequirementLines(["six \\\n  ==1.16.0\n\n# no\ntoolz"]).requirements, [
    "six ==1.16.0",
    "toolz",
  ]);
});
