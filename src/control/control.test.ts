import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { createKeptLogs, openControlWorld } from "../../test/support/control-world.ts";
import type { ControlWorld } from "../../test/support/control-world.ts";
import { addCompute, addJob } from "../../test/support/memory-store.ts";
import { aSpec, onCompute } from "../../test/support/specs.ts";
import { makeTempFolder } from "../../test/support/temp-folder.ts";
import { endReasons, finalStateOf, isFinal } from "../core/job.ts";
import type { AttemptPhase } from "../core/job.ts";
import { sizeTable } from "../core/machine.ts";
import { openAttempts } from "../store/attempts.ts";
import { deleteCompute, listNodes, occupyNode } from "../store/computes.ts";
import { readEvents } from "../store/events.ts";
import { findJob } from "../store/jobs.ts";
import { silentLog } from "../lib/log.ts";
import { startControl } from "./control.ts";

const submit = (world: ControlWorld, run: string, target = "gpu") =>
  addJob(world.store, run, { changes: { spec: aSpec({ name: run, ...onCompute(target) }) } });

const statesOf = async (world: ControlWorld, run: string) => {
  const events = await readEvents(world.store.db, { after: 0, run, limit: 1000 });
  const states = events.flatMap(({ body }) => (body.kind === "job.state" ? [body.state] : []));
  return states.filter((state, index) => state !== states[index - 1]);
};

const nodesOf = async (world: ControlWorld) =>
  (await listNodes(world.store.db)).map((node) => [node.name, node.run]);

test("A job's whole life: begun, prepared, placed, run, ended, closed, its node free again", async () => {
  await using world = await openControlWorld();
  await addCompute(world.store, "gpu");
  await submit(world, "a");

  await world.turn();
  assert.equal(await world.state("a"), "Preparing");
  assert.deepEqual(world.engine.placements, [{ agent: "local", nodeCount: 1, heard: 0 }]);
  assert.deepEqual(await nodesOf(world), [], "no node before it is prepared");
  await world.report("a", "Queued");
  await world.turn();
  assert.equal((await world.attempt("a")).go, true);
  assert.deepEqual(await nodesOf(world), [["gpu-0", "a"]]);
  await world.report("a", "Running");
  await world.report("a", "Finalizing");
  await world.end("a", "succeeded");
  await world.turn();

  const job = await findJob(world.store.db, "a");
  assert.deepEqual([job?.state, job?.exitCode, job?.error], ["Completed", 0, null]);
  assert.deepEqual(await nodesOf(world), [["gpu-0", null]]);
  assert.deepEqual(await openAttempts(world.store.db), []);
  assert.deepEqual(await statesOf(world, "a"), [
    "Starting",
    "Preparing",
    "Queued",
    "Running",
    "Finalizing",
    "Completed",
  ]);
});

// A preempted job begins again by itself: its test stands in close-attempts.test.ts.
for (const reason of endReasons.filter((one) => one !== "preempted")) {
  test(`An attempt that ends with ${reason} makes its job ${finalStateOf[reason]}, from every phase`, async () => {
    await using world = await openControlWorld();
    await addCompute(world.store, "gpu", { maxInstances: 9 });
    const ways: AttemptPhase[][] = [
      [],
      ["Queued"],
      ["Queued", "Running"],
      ["Queued", "Running", "Finalizing"],
    ];
    for (const [index, way] of ways.entries()) {
      const run = `job-${index}`;
      await submit(world, run);
      await world.settle();
      for (const phase of way) {
        await world.report(run, phase);
        await world.settle();
      }

      await world.end(run, reason);
      await world.settle();

      const job = await findJob(world.store.db, run);
      assert.equal(job?.state, finalStateOf[reason], `after ${way.join(", ") || "nothing"}`);
      assert.equal(job.error?.error.innerError?.code, job.state === "Failed" ? reason : undefined);
      assert.ok((await nodesOf(world)).every(([, on]) => on !== run));
    }
  });
}

const canceledAt: [string, AttemptPhase[]][] = [
  ["Preparing", []],
  ["Queued", ["Queued"]],
  ["Running", ["Queued", "Running"]],
];
for (const [state, way] of canceledAt) {
  test(`A job canceled while ${state} is asked to stop once, and is Canceled when its attempt has ended`, async () => {
    await using world = await openControlWorld();
    await addCompute(world.store, "gpu");
    await submit(world, "a");
    await world.settle();
    for (const phase of way) {
      await world.report("a", phase);
      await world.settle();
    }

    await world.cancel("a");
    await world.cancel("a");
    await world.settle();

    assert.equal(await world.state("a"), "CancelRequested");
    assert.equal((await world.attempt("a")).stop, "canceled");
    await world.end("a", "canceled");
    await world.settle();
    await world.cancel("a");
    await world.settle();
    assert.equal(await world.state("a"), "Canceled");
    assert.deepEqual(
      (await nodesOf(world)).filter(([, run]) => run !== null),
      [],
    );
    assert.equal((await statesOf(world, "a")).filter((one) => one === "Canceled").length, 1);
  });
}

test("While no agent can be had, the jobs that wait for one say why, and go on when there is one", async () => {
  await using world = await openControlWorld();
  await addCompute(world.store, "gpu");
  await submit(world, "a");
  world.engine.refuse("the agent ends at once");

  await world.turn();
  await world.turn();
  assert.equal((await findJob(world.store.db, "a"))?.reason, "the agent ends at once");
  world.engine.refuse(undefined);
  await world.turn();

  assert.deepEqual(world.engine.placements, [{ agent: "local", nodeCount: 1, heard: 0 }]);
  assert.equal(await world.state("a"), "Preparing");
});

test("A job canceled before it began has no attempt and is Canceled at once", async () => {
  await using world = await openControlWorld();
  await addCompute(world.store, "gpu");
  await submit(world, "a");

  await world.cancel("a");
  await world.settle();

  assert.equal(await world.state("a"), "Canceled");
  await assert.rejects(world.attempt("a"), /has no attempt/);
  assert.deepEqual(world.engine.placements, []);
});

test("A cancel while a job is Finalizing or has ended changes nothing", async () => {
  await using world = await openControlWorld();
  await addCompute(world.store, "gpu");
  await submit(world, "a");
  await world.settle();
  for (const phase of ["Queued", "Running", "Finalizing"] as const) await world.report("a", phase);

  await world.cancel("a");
  assert.equal(await world.state("a"), "Finalizing");
  assert.equal((await world.attempt("a")).stop, null);
  await world.end("a", "succeeded");
  await world.settle();
  await world.cancel("a");
  await world.settle();

  assert.equal(await world.state("a"), "Completed");
});

test("A job whose cancel came too late keeps its true end", async () => {
  await using world = await openControlWorld();
  await addCompute(world.store, "gpu");
  await submit(world, "a");
  await world.settle();
  await world.report("a", "Running");

  await world.cancel("a");
  await world.end("a", "succeeded");
  await world.settle();

  assert.equal(await world.state("a"), "Completed");
});

test("A canceled job that waited gives up its place, and the next one gets the node", async () => {
  await using world = await openControlWorld();
  await addCompute(world.store, "gpu");
  for (const run of ["a", "b", "c"]) await submit(world, run);
  await world.settle();
  for (const run of ["a", "b", "c"]) await world.report(run, "Queued");
  await world.settle();
  assert.match((await findJob(world.store.db, "c"))!.reason, /1 ahead/);

  await world.cancel("b");
  await world.settle();
  assert.match((await findJob(world.store.db, "c"))!.reason, /next in line/);
  await world.end("a", "succeeded");
  await world.settle();

  assert.deepEqual(await nodesOf(world), [["gpu-0", "c"]]);
});

test("When a compute is deleted under jobs that wait they say so, and go on when it is back", async () => {
  await using world = await openControlWorld();
  await addCompute(world.store, "gpu", { maxInstances: 0 });
  await submit(world, "a");
  await world.settle();
  await world.report("a", "Queued");
  await world.settle();

  await world.store.write((tx) => deleteCompute(tx, "gpu"));
  await world.settle();
  assert.match((await findJob(world.store.db, "a"))!.reason, /does not exist any more/);
  await addCompute(world.store, "gpu");
  await world.settle();

  assert.deepEqual(await nodesOf(world), [["gpu-0", "a"]]);
  assert.equal((await world.attempt("a")).go, true);
});

test("A node that was taken since the plan was made is not given twice", async () => {
  await using world = await openControlWorld();
  await addCompute(world.store, "gpu", { minInstances: 1 });
  await world.settle();
  await submit(world, "a");
  await world.settle();
  await world.report("a", "Queued");

  // Both are asked for at once: the turn has planned by the time the other write is in.
  const turn = world.turn();
  await world.store.write((tx) => occupyNode(tx, { name: "gpu-0", gpus: null }, "stranger", 1));
  await turn;
  await world.settle();

  const [[, run] = []] = await nodesOf(world);
  assert.equal((await world.attempt("a")).go, run === "a");
});

test("A turn in which nothing happened disturbs nobody", async () => {
  await using world = await openControlWorld();
  await addCompute(world.store, "gpu");
  await submit(world, "a");
  await world.settle();
  const orders = world.ordersChanged();
  const events = await readEvents(world.store.db, { after: 0, limit: 1000 });

  await world.turn();
  await world.turn();

  assert.equal(world.ordersChanged(), orders);
  assert.deepEqual(await readEvents(world.store.db, { after: 0, limit: 1000 }), events);
});

test("An ended attempt is closed once, also when many turns find it at the same time", async () => {
  await using world = await openControlWorld();
  await addCompute(world.store, "gpu");
  await submit(world, "a");
  await world.settle();
  await world.report("a", "Running");
  assert.equal(await world.end("a", "exited-nonzero"), true);
  assert.equal(await world.end("a", "succeeded"), false, "the first end stays");

  await Promise.all([world.turn(), world.turn(), world.turn()]);
  await world.settle();

  const job = await findJob(world.store.db, "a");
  assert.deepEqual([job?.state, job?.exitCode], ["Failed", 3]);
  assert.equal((await statesOf(world, "a")).filter((state) => isFinal(state)).length, 1);
});

test("Idle nodes go when their time has come", async () => {
  await using world = await openControlWorld();
  await addCompute(world.store, "gpu", { idleSecondsBeforeScaleDown: 60 });
  await submit(world, "a");
  await world.settle();
  await world.report("a", "Queued");
  await world.settle();
  await world.end("a", "succeeded");
  await world.settle();

  world.clock.advance(59_000);
  await world.turn();
  assert.deepEqual(await nodesOf(world), [["gpu-0", null]]);
  world.clock.advance(1_000);
  await world.turn();

  assert.deepEqual(await nodesOf(world), []);
});

/** Three jobs on one node, one canceled, one failing: every step that somebody else takes. */
const story: ((world: ControlWorld) => Promise<unknown>)[] = [
  (world) => addCompute(world.store, "gpu"),
  (world) => submit(world, "a"),
  (world) => submit(world, "b"),
  (world) => submit(world, "c"),
  (world) => world.report("a", "Queued"),
  (world) => world.report("b", "Queued"),
  (world) => world.report("c", "Queued"),
  (world) => world.report("a", "Running"),
  (world) => world.cancel("b"),
  (world) => world.report("a", "Finalizing"),
  (world) => world.end("b", "canceled"),
  (world) => world.end("a", "succeeded"),
  (world) => world.report("c", "Running"),
  (world) => world.end("c", "exited-nonzero"),
];

async function tell(file: string, restartBefore: (step: number) => boolean) {
  await using world = await openControlWorld(file);
  for (const [index, step] of story.entries()) {
    if (restartBefore(index)) await world.restart();
    await step(world);
    if (restartBefore(index)) await world.restart();
    await world.settle();
  }
  return {
    events: (await readEvents(world.store.db, { after: 0, limit: 1000 })).map(({ run, body }) => [run, body]),
    nodes: await nodesOf(world),
    jobs: await Promise.all(["a", "b", "c"].map((run) => findJob(world.store.db, run))),
  };
}

test("A restart before and after a step, or at every step, gives the same result", async () => {
  await using folder = await makeTempFolder();
  const undisturbed = await tell(join(folder.path, "none.db"), () => false);
  assert.deepEqual(
    undisturbed.jobs.map((job) => job?.state),
    ["Completed", "Canceled", "Failed"],
  );

  for (let restart = 0; restart < story.length; restart += 3) {
    const told = await tell(join(folder.path, `at-${restart}.db`), (step) => step === restart);
    assert.deepEqual(told, undisturbed, `restarted at step ${restart}`);
  }
  assert.deepEqual(await tell(join(folder.path, "all.db"), () => true), undisturbed);
});

test("The loop takes a turn when nudged, and ends with its signal", async () => {
  await using world = await openControlWorld();
  await addCompute(world.store, "gpu");
  const ending = new AbortController();
  let changed = () => {};
  const told = () => new Promise<void>((resolve) => (changed = resolve));
  const loop = startControl(
    {
      store: world.store,
      engine: world.engine,
      clock: {
        ...world.clock,
        sleep: (_, signal) => new Promise((resolve) => signal?.addEventListener("abort", () => resolve())),
      },
      registerOutputs: async () => [],
      sizes: async () => sizeTable(),
      sweepLog: createKeptLogs(),
      newId: () => "attempt-1",
      heard: () => 0,
      ordersChanged: () => {},
      changed: () => changed(),
      log: silentLog,
    },
    ending.signal,
  );

  const begun = told();
  await submit(world, "a");
  loop.nudge();
  await begun;

  assert.equal(await world.state("a"), "Preparing");
  ending.abort();
  await loop.ended;
});
