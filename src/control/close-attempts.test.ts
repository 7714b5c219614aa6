import assert from "node:assert/strict";
import { test } from "node:test";
import { openControlWorld } from "../../test/support/control-world.ts";
import { addCompute, addJob } from "../../test/support/memory-store.ts";
import { aSpec, onCompute } from "../../test/support/specs.ts";
import { readNotes } from "../store/jobs.ts";

test("What a job that succeeded asked for is kept before it is Completed, and never changes how it ended", async () => {
  const asked: string[] = [];
  await using world = await openControlWorld(":memory:", {
    async registerOutputs(run) {
      asked.push(`${run} ${await world.state(run)}`);
      if (run === "broken") throw new Error("the disk is full");
      return [{ level: "info", message: "output out is registered" }];
    },
  });
  await addCompute(world.store, "gpu", { maxInstances: 3 });
  for (const run of ["fine", "broken", "failed"]) {
    await addJob(world.store, run, { changes: { spec: aSpec({ name: run, ...onCompute("gpu") }) } });
    await world.settle();
    for (const phase of ["Queued", "Running", "Finalizing"] as const) await world.report(run, phase);
    await world.end(run, run === "failed" ? "exited-nonzero" : "succeeded");
    await world.settle();
  }

  assert.deepEqual(asked, ["fine Finalizing", "broken Finalizing"]);
  assert.deepEqual(
    [await world.state("fine"), await world.state("broken"), await world.state("failed")],
    ["Completed", "Completed", "Failed"],
  );
  const notes = await readNotes(world.store.db, ["fine", "broken", "failed"]);
  assert.deepEqual(
    [notes.get("fine"), notes.get("broken"), notes.get("failed")],
    [
      [{ level: "info", message: "output out is registered" }],
      [{ level: "warning", message: "its outputs could not be registered: the disk is full" }],
      undefined,
    ],
  );
});
