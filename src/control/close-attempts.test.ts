import assert from "node:assert/strict";
import { test } from "node:test";
import { openControlWorld } from "../../test/support/control-world.ts";
import { addCompute, addJob } from "../../test/support/memory-store.ts";
import { aSpec, onCompute } from "../../test/support/specs.ts";
import type { EndReason } from "../core/job.ts";
import { listNodes } from "../store/computes.ts";
import { findJob, readNotes } from "../store/jobs.ts";
import { storeRecords } from "../store/records.ts";
import { findRun } from "../store/runs.ts";

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

test("A script that said that it failed has failed, whatever its exit code; a later attempt begins anew", async () => {
  await using world = await openControlWorld();
  await addCompute(world.store, "gpu", { maxInstances: 2 });
  const properties = { "trainyard.max_retries": "1" };
  const say = (run: string) =>
    world.store.write(async (tx) =>
      storeRecords(tx, (await findRun(tx, run))!, [{ t: "e", v: "no data\nin it", c: "NoData" }], 1),
    );
  for (const run of ["said", "tried-again"]) {
    const spec = aSpec({ name: run, ...onCompute("gpu"), properties });
    await addJob(world.store, run, { changes: { spec } });
    await world.settle();
    await world.report(run, "Running");
    await say(run);
  }

  await world.end("said", "succeeded");
  await world.settle();
  await world.end("tried-again", "exited-nonzero");
  await world.settle();
  await world.end("tried-again", "succeeded");
  await world.settle();

  assert.deepEqual([await world.state("said"), await world.state("tried-again")], ["Failed", "Completed"]);
  const said = await findJob(world.store.db, "said");
  assert.equal(said?.reason, "it reported a failure: no data");
  assert.partialDeepStrictEqual(said?.error, {
    error: { code: "NoData", message: "no data\nin it", innerError: null },
  });
});

interface RetryCase {
  title: string;
  properties: Record<string, string>;
  /** How the attempts end, one after the other. */
  ends: EndReason[];
  attempts: number;
  state: string;
}

const lots: EndReason[] = Array.from({ length: 11 }, () => "preempted");
const retryTable: RetryCase[] = [
  {
    title: "a preempted job begins again without being asked to",
    properties: {},
    ends: ["preempted", "succeeded"],
    attempts: 2,
    state: "Completed",
  },
  { title: "not for ever", properties: {}, ends: lots, attempts: 11, state: "Failed" },
  {
    title: "a script that fails is not tried again without being asked to",
    properties: {},
    ends: ["exited-nonzero"],
    attempts: 1,
    state: "Failed",
  },
  {
    title: "with a limit every cause counts, up to the limit",
    properties: { "trainyard.max_retries": "3" },
    ends: ["exited-nonzero", "out-of-memory", "process-vanished", "killed-by-signal"],
    attempts: 4,
    state: "Failed",
  },
  {
    title: "only the causes that are named are tried again",
    properties: { "trainyard.max_retries": "3", "trainyard.retry_on": "out-of-memory, node-lost" },
    ends: ["out-of-memory", "exited-nonzero"],
    attempts: 2,
    state: "Failed",
  },
  {
    title: "what would end the same way is never tried again",
    properties: { "trainyard.max_retries": "3" },
    ends: ["environment-failed"],
    attempts: 1,
    state: "Failed",
  },
];

for (const { title, properties, ends, attempts, state } of retryTable) {
  test(`Retries: ${title}`, async () => {
    await using world = await openControlWorld();
    await addCompute(world.store, "gpu");
    await addJob(world.store, "a", {
      changes: { spec: aSpec({ name: "a", ...onCompute("gpu"), properties }) },
    });
    for (const [index, reason] of ends.entries()) {
      await world.settle();
      assert.equal(await world.state("a"), "Preparing");
      for (const phase of ["Queued", "Running", "Finalizing"] as const) {
        await world.report("a", phase);
        await world.settle();
      }
      assert.equal((await world.attempt("a")).number, index + 1);
      assert.deepEqual((await world.attempt("a")).nodes, [{ name: "gpu-0" }]);
      await world.end("a", reason);
      await world.settle();
    }

    assert.equal((await world.attempt("a")).number, attempts);
    assert.equal(await world.state("a"), state);
    assert.equal((await listNodes(world.store.db))[0]?.run, null);
  });
}

test("Retries: a job that ends before it ran begins again too, and one that is canceled does not", async () => {
  await using world = await openControlWorld();
  await addCompute(world.store, "gpu");
  const properties = { "trainyard.max_retries": "5" };
  for (const run of ["a", "b"]) {
    await addJob(world.store, run, {
      changes: { spec: aSpec({ name: run, ...onCompute("gpu"), properties }) },
    });
  }
  await world.settle();
  await world.end("a", "node-lost");
  await world.report("b", "Queued");
  await world.settle();
  await world.report("b", "Running");
  await world.cancel("b");
  await world.end("b", "killed-by-signal");
  await world.settle();

  assert.deepEqual([(await world.attempt("a")).number, await world.state("a")], [2, "Preparing"]);
  assert.deepEqual([(await world.attempt("b")).number, await world.state("b")], [1, "Failed"]);
  assert.match((await findJob(world.store.db, "a"))!.reason, /attempt 1 ended: why node-lost; trying again/);
});
