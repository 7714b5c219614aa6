import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";
import { openControlWorld } from "../../test/support/control-world.ts";
import type { ControlWorld } from "../../test/support/control-world.ts";
import { addCompute, addJob } from "../../test/support/memory-store.ts";
import { aSpec, onCompute } from "../../test/support/specs.ts";
import { makeTempFolder } from "../../test/support/temp-folder.ts";
import type { EndReason } from "../core/job.ts";
import type { Input } from "../core/job-spec.ts";
import type { Sweep } from "../core/sweep.ts";
import { findJob, queryJobs, readNotes } from "../store/jobs.ts";
import { readLabels } from "../store/labels.ts";
import { appendPoints } from "../store/metrics.ts";
import { findRun } from "../store/runs.ts";
import { bestTrial, countTrials, readOpenTrials, readTrials } from "../store/trials.ts";

const aSweep = (changes: Partial<Sweep> = {}): Sweep => ({
  searchSpace: {
    lr: { type: "loguniform", minValue: -6, maxValue: -1 },
    kind: { type: "choice", values: ["a", "b"] },
  },
  sampling: { type: "random", seed: 7 },
  objective: { primaryMetric: "loss", goal: "minimize" },
  limits: { maxTotalTrials: 5, maxConcurrentTrials: 2 },
  ...changes,
});

const submit = (world: ControlWorld, name: string, sweep = aSweep()) =>
  addJob(world.store, name, { changes: { spec: aSpec({ name, sweep, ...onCompute("gpu") }) } });

async function log(world: ControlWorld, run: string, name: string, ...values: number[]): Promise<void> {
  const { seq } = (await findRun(world.store.db, run))!;
  const points = values.map((value, step) => ({ value, step, at: world.clock.now() }));
  await world.store.write((tx) => appendPoints(tx, seq, name, points));
}

const openTrials = async (world: ControlWorld, sweep: string) =>
  (await readOpenTrials(world.store.db, sweep)).map((trial) => trial.run);

/** What an agent would do with a trial from its start to its end. */
async function play(
  world: ControlWorld,
  run: string,
  losses: number[],
  end: EndReason = "succeeded",
): Promise<void> {
  for (const phase of ["Queued", "Running"] as const) {
    await world.report(run, phase);
    await world.settle();
  }
  if (losses.length > 0) await log(world, run, "loss", ...losses);
  await world.end(run, end);
  await world.settle();
}

describe("A sweep", () => {
  it("begins with the trials that it was given, each with inputs of its own, and asks the sampler for the rest", async () => {
    await using world = await openControlWorld();
    await addCompute(world.store, "gpu", { maxInstances: 2 });
    const data = (path: string): Input => ({
      kind: "data",
      source: { kind: "run", run: "earlier", path },
      mode: "mount",
    });
    const first = [
      { parameters: { lr: 0.5, kind: "a" }, inputs: ["kept_0"] },
      { parameters: { lr: 0.25, kind: "b" }, inputs: [] },
    ];
    const inputs = { table: data("table"), kept_0: data("outputs") };
    await submit(world, "plain");
    const spec = aSpec({ name: "s", sweep: aSweep({ first }), inputs, ...onCompute("gpu") });
    await addJob(world.store, "s", { changes: { spec } });
    await world.settle();
    for (const sweep of ["plain", "s"]) {
      for (let number = 0; number < 5; number++) await play(world, `${sweep}_${number}`, [1]);
    }

    const given = (await readTrials(world.store.db, "s")).map(({ parameters }) => parameters);
    const proposed = (await readTrials(world.store.db, "plain")).map(({ parameters }) => parameters);
    assert.deepEqual(given, [...first.map(({ parameters }) => parameters), ...proposed.slice(0, 3)]);
    for (const [number, kind] of ["data", "absent", "absent"].entries()) {
      const trial = (await findJob(world.store.db, `s_${number}`))!;
      assert.deepEqual([trial.spec.inputs["table"]?.kind, trial.spec.inputs["kept_0"]?.kind], ["data", kind]);
    }
  });

  it("begins as many trials as may run at once, one for each that ends, and is completed with the last", async () => {
    await using world = await openControlWorld();
    await addCompute(world.store, "gpu", { maxInstances: 2 });
    await submit(world, "s");
    await world.settle();

    assert.equal(await world.state("s"), "Running");
    assert.deepEqual(await openTrials(world, "s"), ["s_0", "s_1"]);
    for (let number = 0; number < 5; number++) {
      assert.ok((await openTrials(world, "s")).length <= 2);
      await play(world, `s_${number}`, [9, number === 3 ? 1 : 5, 7]);
    }

    const job = (await findJob(world.store.db, "s"))!;
    assert.equal(job.state, "Completed");
    assert.equal(job.reason, "5 trials: 5 completed; best loss 1 in trial 3");
    const best = await bestTrial(world.store.db, "s", "minimize");
    assert.deepEqual([best?.run, best?.score], ["s_3", 1]);
    const children = await queryJobs(world.store.db, { limit: 10, parent: "s", archived: "exclude" });
    assert.equal(children.length, 5);
    const [trial] = children;
    assert.deepEqual(trial?.spec.trial?.number, 4);
    assert.equal(trial.spec.sweep, undefined);
    const { param, tag } = (await readLabels(world.store.db, [trial.run])).get(trial.run)!;
    assert.deepEqual(Object.keys(param), ["kind", "lr"]);
    assert.deepEqual(JSON.parse(tag["hyperparameters"]!), trial.spec.trial.parameters);
    const { property } = (await readLabels(world.store.db, ["s"])).get("s")!;
    assert.equal(property["best_child_run_id"], "s_3");
    const lines = world.sweepLog("s").trimEnd().split("\n");
    assert.match(lines[0]!, /5 trials at most, 2 at once; random sampling with seed 7; to minimize loss$/);
    assert.match(lines.at(-1)!, / Completed: 5 trials: 5 completed; best loss 1 in trial 3$/);
    assert.equal(lines.filter((line) => / trial \d begins: /.test(line)).length, 5);
  });

  it("gives a trial its node at once when one like it has run, without a word from the agent", async () => {
    await using world = await openControlWorld();
    await addCompute(world.store, "gpu", { maxInstances: 1 });
    await submit(world, "s", aSweep({ limits: { maxTotalTrials: 3, maxConcurrentTrials: 1 } }));
    await world.settle();
    assert.equal((await world.attempt("s_0")).go, false);
    await play(world, "s_0", [3]);

    const { go, phase, preparedAt } = await world.attempt("s_1");
    assert.deepEqual([go, phase, preparedAt === null], [true, "Queued", false]);
    assert.equal(await world.state("s_1"), "Queued");
    await play(world, "s_1", [2]);
    assert.equal(await world.state("s_1"), "Completed");
  });

  it("counts failed trials, and fails when none has a result", async () => {
    await using world = await openControlWorld();
    await addCompute(world.store, "gpu", { maxInstances: 2 });
    await submit(world, "s");
    await world.settle();
    for (let number = 0; number < 5; number++) await play(world, `s_${number}`, [], "exited-nonzero");

    const job = (await findJob(world.store.db, "s"))!;
    assert.equal(job.state, "Failed");
    assert.equal(
      job.error?.error.message,
      "5 trials: 5 failed; the last of them was s_4: why exited-nonzero",
    );
    assert.match(world.sweepLog("s"), / trial 4 failed: why exited-nonzero\n/);
  });

  it("says of a trial that reached its time limit that it did, with and without a result", async () => {
    await using world = await openControlWorld();
    await addCompute(world.store, "gpu", { maxInstances: 2 });
    await submit(world, "s");
    await world.settle();
    await play(world, "s_0", [], "time-limit");
    await play(world, "s_1", [4], "time-limit");
    for (const run of ["s_2", "s_3", "s_4"]) await play(world, run, [5]);

    assert.match(world.sweepLog("s"), / trial 0 failed: why time-limit\n/);
    assert.match(world.sweepLog("s"), / trial 1 failed: loss 4; why time-limit\n/);
  });

  it("begins no more when the first trials all fail", async () => {
    await using world = await openControlWorld();
    await addCompute(world.store, "gpu", { maxInstances: 2 });
    await submit(world, "s", aSweep({ limits: { maxTotalTrials: 500, maxConcurrentTrials: 2 } }));
    await world.settle();
    for (let number = 0; number < 10; number++) {
      if ((await openTrials(world, "s")).includes(`s_${number}`))
        await play(world, `s_${number}`, [], "exited-nonzero");
    }
    for (const run of await openTrials(world, "s")) await world.end(run, "canceled");
    await world.settle();

    const job = (await findJob(world.store.db, "s"))!;
    assert.equal(job.state, "Failed");
    assert.match(job.reason, /^the first 10 trials all failed, so no more are begun/);
  });

  it("warns once, with the names that were logged, when the first trial ends without the metric", async () => {
    await using world = await openControlWorld();
    await addCompute(world.store, "gpu", { maxInstances: 2 });
    await submit(world, "s");
    await world.settle();
    await log(world, "s_0", "los", 1);
    await log(world, "s_0", "accuracy", 1);
    await play(world, "s_0", []);
    await play(world, "s_1", []);

    assert.deepEqual((await readNotes(world.store.db, ["s"])).get("s"), [
      {
        level: "warning",
        message:
          'the first trial ended without logging the primary metric "loss"; it logged accuracy, los. Did you mean los?',
      },
    ]);
  });

  it("cancels its open trials when it is canceled, and is Canceled when they have ended", async () => {
    await using world = await openControlWorld();
    await addCompute(world.store, "gpu", { maxInstances: 2 });
    await submit(world, "s");
    await world.settle();
    await play(world, "s_0", [3]);
    await world.cancel("s");
    await world.settle();

    assert.deepEqual(await openTrials(world, "s"), ["s_1", "s_2"]);
    for (const run of ["s_1", "s_2"]) {
      assert.equal((await world.attempt(run)).stop, "canceled");
      await world.end(run, "canceled");
    }
    await world.settle();

    assert.equal(await world.state("s"), "Canceled");
    const counts = await countTrials(world.store.db, "s");
    assert.deepEqual([counts.total, counts.completed, counts.canceled], [3, 1, 2]);
  });

  it("canceled before its first trial has none", async () => {
    await using world = await openControlWorld();
    await submit(world, "s");
    await world.cancel("s");
    await world.settle();

    assert.equal(await world.state("s"), "Canceled");
    assert.equal((await countTrials(world.store.db, "s")).total, 0);
  });

  it("ends at its time limit with what it has", async () => {
    await using world = await openControlWorld();
    await addCompute(world.store, "gpu", { maxInstances: 2 });
    const limits = { maxTotalTrials: 5, maxConcurrentTrials: 2, timeoutSeconds: 60, trialTimeoutSeconds: 9 };
    await submit(world, "s", aSweep({ limits }));
    await world.settle();
    assert.equal((await findJob(world.store.db, "s_0"))?.spec.timeoutSeconds, 9);
    await play(world, "s_0", [3]);
    world.clock.advance(60_000);
    await world.settle();
    for (const run of ["s_1", "s_2"]) await world.end(run, "canceled");
    await world.settle();

    const job = (await findJob(world.store.db, "s"))!;
    assert.equal(job.state, "Completed");
    assert.match(
      job.reason,
      /^it reached its time limit of 60 seconds with 3 of 5 trials begun; best loss 3/,
    );
  });

  it("goes on from an earlier one: a seeded sampler's count goes on, too", async () => {
    await using world = await openControlWorld();
    await addCompute(world.store, "gpu", { maxInstances: 2 });
    const limits = { maxTotalTrials: 2, maxConcurrentTrials: 2 };
    await submit(world, "whole", aSweep({ limits: { maxTotalTrials: 4, maxConcurrentTrials: 4 } }));
    await submit(world, "first", aSweep({ limits }));
    await world.settle();
    await submit(world, "second", aSweep({ limits, resumeFrom: ["first"] }));
    await world.settle();

    const parameters = async (sweep: string) =>
      (await readTrials(world.store.db, sweep)).map((trial) => trial.parameters);
    assert.deepEqual(
      [...(await parameters("first")), ...(await parameters("second"))],
      await parameters("whole"),
    );
  });

  it("killed and started again after every step, begins the same trials and ends the same", async () => {
    await using folder = await makeTempFolder();
    const tell = async (file: string, restarts: boolean) => {
      await using world = await openControlWorld(file);
      const turn = async () => {
        if (restarts) await world.restart();
        await world.settle();
      };
      await addCompute(world.store, "gpu", { maxInstances: 2 });
      await submit(world, "s", aSweep({ sampling: { type: "bayesian", seed: 3 } }));
      await turn();
      for (let number = 0; number < 5; number++) {
        for (const phase of ["Queued", "Running"] as const) {
          await world.report(`s_${number}`, phase);
          await turn();
        }
        await log(world, `s_${number}`, "loss", number, 5 - number);
        await turn();
        await world.end(`s_${number}`, "succeeded");
        await turn();
      }
      const trials = await readTrials(world.store.db, "s");
      const lines = world.sweepLog("s").split("\n");
      return {
        state: await world.state("s"),
        trials: trials.map(({ run, parameters, state, values }) => ({ run, parameters, state, values })),
        log: lines.map((line) => line.slice(25)),
      };
    };
    assert.deepEqual(
      await tell(join(folder.path, "restarted.db"), true),
      await tell(join(folder.path, "undisturbed.db"), false),
    );
  });
});
