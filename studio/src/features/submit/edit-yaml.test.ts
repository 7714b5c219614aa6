// Changes to a job's text.
import assert from "node:assert/strict";
import { test } from "node:test";
import { asNewJob, computeIn, withCompute } from "./edit-yaml.ts";

test("the compute is read and changed in either dialect, and the rest stays as it was", () => {
  const plain = "command: x # why\ncompute: local # here\nname: a\n";
  const nested = "compute:\n  # where\n  target: local\n  instance_count: 1\n";

  assert.equal(computeIn(plain), "local");
  assert.equal(withCompute(plain, "gpus"), plain.replace("local", "gpus"));
  assert.equal(computeIn(nested), "local");
  assert.equal(withCompute(nested, "gpus"), nested.replace("local", "gpus"));
  assert.equal(computeIn("compute: azureml:gpus\n"), "gpus");
  assert.equal(withCompute("command: x", "gpus"), "command: x\ncompute: gpus\n");
});

test("a job that is submitted again loses its name alone", () => {
  assert.equal(
    asNewJob("experiment_name: e\nname: old\ntags: {}\ninputs:\n  name: {type: uri_file}\n"),
    "experiment_name: e\ninputs:\n  name: {type: uri_file}\n",
  );
});
