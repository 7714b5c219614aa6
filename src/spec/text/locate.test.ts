// Finding the line of what a server refuses.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { locateProblem } from "./locate.ts";

describe("locateProblem", () => {
  let file = "";
  before(async () => {
    file = path.join(await mkdtemp(path.join(tmpdir(), "locate-")), "job.yml");
    await writeFile(
      file,
      "command: echo\ninputs:\n  table:\n    path: azureml:iris:1\ncompute: azureml:cpu\n",
    );
  });
  after(() => rm(path.dirname(file), { recursive: true }));

  const locate = (at: string, set?: string[]) => {
    const { line, column, ...rest } = locateProblem(
      file,
      { set },
      { path: at, message: "is not there", hint: "x" },
    );
    assert.equal(rest.message, "is not there");
    assert.equal(rest.hint, "x");
    return `${rest.file === file ? "file" : rest.file}:${line}:${column} ${rest.path}`;
  };

  it("tells the line of as much of the path as there is", () => {
    assert.equal(locate("compute.target"), "file:5:10 compute");
    assert.equal(locate("inputs.table"), "file:4:5 inputs.table");
    assert.equal(locate("inputs.table.source.version"), "file:4:5 inputs.table");
  });

  it("tells the flag that says it", () => {
    assert.equal(
      locate("compute.target", ["compute=azureml:gpu"]),
      "--set compute=azureml:gpu:undefined:undefined compute",
    );
  });

  it("tells the file when it has nothing of it", () => {
    assert.equal(locate("environment"), "file:undefined:undefined environment");
  });
});
