import assert from "node:assert/strict";
import { ChildProcess } from "node:child_process";
import { it } from "node:test";
import { watchGpus } from "./watch-gpus.ts";

it("signals nobody when it stops where there is no nvidia-smi", (t) => {
  // Held back, because what a failing test would send goes to any process of this machine, or to this one's group.
  const kill = t.mock.method(ChildProcess.prototype, "kill", () => true);

  watchGpus({ PATH: "/nowhere" }, 1000).stop();

  assert.equal(kill.mock.callCount(), 0);
});
