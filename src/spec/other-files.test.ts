// Files of other things, given to a command about jobs.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InvalidFile } from "./text/problem.ts";
import { readJobText } from "./read-job.ts";

const faultsOf = (yaml: string): string[] => {
  try {
    readJobText("a.yml", yaml, { defaultExperiment: "here" });
  } catch (error) {
    assert.ok(error instanceof InvalidFile, String(error));
    return error.problems.map(({ message, hint }) => `${message} | ${hint}`);
  }
  return [];
};

describe("a file that is no job", () => {
  const schema = "$schema: https://azuremlschemas.azureedge.net/latest";
  for (const [yaml, what, command] of [
    [`${schema}/environment.schema.json\nname: e\nimage: python\n`, "an environment", "environment create"],
    [`${schema}/dataset.schema.json\nname: d\nversion: 1\n`, "data", "data create"],
    ["name: c\ntype: amlcompute\nmin_instances: 0\n", "a compute", "compute create"],
    ["name: m\ntype: mlflow_model\npath: model\n", "a model", "model create"],
    ["name: b\ntype: azure_blob\naccount_name: a\n", "a datastore", "datastore create"],
  ] as const) {
    it(`is told which command takes ${what}`, () => {
      assert.deepEqual(faultsOf(yaml), [`describes ${what}, not a job | Use ${command} -f with it.`]);
    });
  }

  it("is told even when nothing but its keys say it", () => {
    assert.match(
      faultsOf("name: iris\nversion: 1\nlocal_path: .\n")[0] ?? "",
      /^names files, but no command/,
    );
  });

  it("is not taken for one when it is a job with faults", () => {
    assert.deepEqual(faultsOf("command: ls\nenvironment: python\ntype: comand\n").length, 1);
    assert.match(faultsOf("name: x\n")[0] ?? "", /required key command is missing/);
  });
});
