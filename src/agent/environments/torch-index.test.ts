import assert from "node:assert/strict";
import { test } from "node:test";
import { cpuTorchIndex, planForPip } from "./install-plan.ts";
import { chooseTorchIndex } from "./torch-index.ts";

const plan = planForPip({ conda: { dependencies: ["pytorch", "cpuonly", { pip: ["--pre"] }] } });

test("PyTorch's own index is kept when it answers", async () => {
  const chosen = await chooseTorchIndex(plan, async () => true);
  assert.deepEqual(chosen, plan);
});

test("when it does not answer it is left out, and what that costs is said", async () => {
  const chosen = await chooseTorchIndex(plan, async () => false);

  assert.deepEqual(chosen.options, ["--pre"]);
  assert.match(chosen.warnings.join(), /could not be reached: PyTorch comes from the default index/);
});

test("other plans ask nobody", async () => {
  const plain = planForPip({ pip: ["six", `--find-links ${cpuTorchIndex}`] });
  const chosen = await chooseTorchIndex(plain, () => assert.fail("asked"));
  assert.equal(chosen, plain);
});
