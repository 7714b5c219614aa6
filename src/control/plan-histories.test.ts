// Thousands of random histories of clusters against the planner, each carried out step by step.
import assert from "node:assert/strict";
import { test } from "node:test";
import { aCompute } from "../../test/support/memory-store.ts";
import { createRandom } from "../../test/support/random.ts";
import type { Random } from "../../test/support/random.ts";
import type { Compute } from "../core/compute.ts";
import { aJob, machine, namesOf, now, planOf } from "./plan.fixture.ts";
import type { Plan, PlannedNode, WaitingJob } from "./plan.ts";

/** A small world in which the plans are carried out, and computes change under the jobs. */
interface World {
  computes: Compute[];
  nodes: PlannedNode[];
  waiting: WaitingJob[];
  stopping: Set<string>;
  now: number;
  submitted: number;
}

function change(world: World, random: Random): void {
  world.now += random.below(100_000);
  const compute = random.pick(world.computes);
  if (random.chance(0.6)) {
    world.waiting.push(
      aJob(`j${world.submitted++}`, {
        target: compute.name,
        nodeCount: 1 + (random.chance(0.4) ? random.below(3) : 0),
        priority: random.chance(0.3) ? random.below(3) - 1 : 0,
        size: random.pick(["", "", "", "one", "two"]) ?? "",
      }),
    );
  }
  // A run ends, and all its nodes are free at once.
  const running = [...new Set(world.nodes.flatMap((node) => node.run ?? []))];
  const ends = random.chance(0.4) ? random.pick(running) : random.pick([...world.stopping]);
  for (const node of world.nodes) {
    if (ends !== undefined && node.run === ends)
      Object.assign(node, { run: null, since: world.now, gpus: null });
  }
  if (ends !== undefined) world.stopping.delete(ends);
  // A node is lost: its run has ended for all its nodes, and the node is gone.
  if (random.chance(0.1)) {
    const lost = random.pick(world.nodes);
    world.nodes = world.nodes.filter((node) => node !== lost);
    for (const node of world.nodes)
      if (lost?.run != null && node.run === lost.run) Object.assign(node, { run: null, gpus: null });
    if (lost?.run != null) world.stopping.delete(lost.run);
  }
  if (random.chance(0.1)) world.waiting = world.waiting.filter(() => random.chance(0.7));
  if (random.chance(0.1)) {
    compute.maxInstances = random.below(5);
    compute.minInstances = random.below(compute.maxInstances + 1);
  }
}

const look = (world: World): Plan => {
  const { computes, nodes, waiting, stopping } = world;
  return planOf({ computes, nodes, waiting, stopping, now: world.now });
};

function carryOut(world: World, plan: Plan): void {
  for (const node of plan.addNodes)
    world.nodes.push({ ...node, run: null, since: world.now, size: "", gpus: null });
  world.nodes = world.nodes.filter((node) => !plan.removeNodes.includes(node.name));
  for (const job of plan.place) {
    const { size } = world.waiting.find(({ attempt }) => attempt === job.attempt)!;
    for (const { name, gpus } of job.nodes) {
      const node = world.nodes.find((candidate) => candidate.name === name);
      assert.ok(node, `${name} is there`);
      assert.equal(node.run, null, `${name} is free`);
      assert.equal(node.compute, job.compute);
      Object.assign(node, { run: job.run, since: world.now, size, gpus });
    }
  }
  const cards = world.nodes.flatMap((node) => (node.run === null ? [] : (node.gpus ?? [])));
  assert.equal(new Set(cards).size, cards.length, "no card twice");
  const placed = new Set(plan.place.map((job) => job.attempt));
  world.waiting = world.waiting.filter((job) => !placed.has(job.attempt));
  for (const { run } of plan.preempt) world.stopping.add(run);
}

/** By the sizes of the fixture: "two" has two cores, every other node one. */
const coresOf = (world: World, { size, compute }: { size: string; compute: string }): number =>
  (size || world.computes.find(({ name }) => name === compute)?.size) === "two" ? 2 : 1;

/** Low-priority jobs get what dedicated ones leave of the cores; one that is alone may have more than there is. */
function checkSpareCores(world: World, plan: Plan): void {
  let used = world.nodes
    .filter((node) => node.run !== null)
    .reduce((sum, node) => sum + coresOf(world, node), 0);
  for (const job of plan.place) {
    const { size } = world.waiting.find(({ attempt }) => attempt === job.attempt)!;
    const wanted = job.nodes.length * coresOf(world, { size, compute: job.compute });
    if (tierOf(world, job.compute) === "low_priority")
      assert.ok(used === 0 || used + wanted <= machine.cores, `${job.run} has spare cores only`);
    used += wanted;
  }
}

const tierOf = (world: World, name: string) => world.computes.find((compute) => compute.name === name)?.tier;

function hasCardsFor(world: World, { size, target, nodeCount }: WaitingJob): boolean {
  const wanted = size || world.computes.find((compute) => compute.name === target)?.size;
  return wanted !== "one" || nodeCount <= machine.gpus.length;
}

function checkPlan(world: World, plan: Plan): void {
  const told = [...plan.place, ...plan.wait].map((job) => job.attempt);
  assert.equal(new Set(told).size, told.length, "nobody twice");
  assert.deepEqual(new Set(told), new Set(world.waiting.map((job) => job.attempt)), "everybody is told");
  for (const job of plan.place) {
    const wanted = world.waiting.find(({ attempt }) => attempt === job.attempt)!;
    assert.equal(new Set(namesOf(job)).size, wanted.nodeCount, "all nodes of a gang, or none");
    const size = wanted.size || world.computes.find(({ name }) => name === job.compute)?.size;
    const cards = size === "" ? null : size === "one" ? 1 : 0;
    assert.ok(
      job.nodes.every(({ gpus }) => (gpus?.length ?? null) === cards),
      "each node has its cards",
    );
  }
  checkSpareCores(world, plan);
  for (const { run } of plan.preempt) {
    const held = world.nodes.filter((node) => node.run === run);
    assert.ok(held.every((node) => tierOf(world, node.compute) === "low_priority"));
    assert.ok(held.length > 0 && !world.stopping.has(run), "only who runs, and once");
  }
  for (const name of plan.removeNodes) {
    assert.equal(world.nodes.find((node) => node.name === name)?.run, null, `${name} is idle`);
    assert.ok(!plan.place.some((job) => namesOf(job).includes(name)), `${name} has just been given away`);
  }
  for (const compute of world.computes) {
    const can = world.waiting.filter(
      (job) => job.target === compute.name && job.nodeCount <= compute.maxInstances,
    );
    const possible = can.filter((job) => hasCardsFor(world, job));
    const line = possible.toSorted((a, b) => b.priority - a.priority).map((job) => job.attempt);
    const here = plan.place.filter((job) => job.compute === compute.name);
    const placed = here.map((job) => job.attempt);
    assert.deepEqual(placed, line.slice(0, placed.length), "first come, first served within a priority");
    const present = world.nodes.filter((node) => node.compute === compute.name);
    const busyNow = present.filter((node) => node.run !== null).length;
    const taken = here.reduce((sum, job) => sum + job.nodes.length, 0);
    if (taken > 0) assert.ok(busyNow + taken <= compute.maxInstances, "not over-committed");
    const added = plan.addNodes.filter((node) => node.compute === compute.name).length;
    const removed = plan.removeNodes.filter((name) => present.some((node) => node.name === name)).length;
    const left = present.length + added - removed;
    if (added > 0) assert.ok(present.length + added <= compute.maxInstances, "grown within the limit");
    assert.ok(left >= compute.minInstances, "not below the least number");
    if (busyNow + taken <= compute.maxInstances) assert.ok(left <= compute.maxInstances);
  }
}

/** Nothing new comes, what runs ends, and room is given to all: then each of them has to be served. */
function checkNobodyStarves(world: World): void {
  for (const compute of world.computes) Object.assign(compute, { minInstances: 0, maxInstances: 3 });
  world.waiting = world.waiting.filter((job) => hasCardsFor(world, job));
  for (let turn = 0; world.waiting.length > 0; turn++) {
    assert.ok(turn < 100, `${world.waiting[0]?.run} is never served`);
    for (const node of world.nodes) Object.assign(node, { run: null, since: world.now, gpus: null });
    world.stopping.clear();
    const plan = look(world);
    checkPlan(world, plan);
    assert.ok(plan.place.length > 0, "on an empty machine somebody is served");
    carryOut(world, plan);
  }
}

test("Random sequences never over-commit, never overtake, split no gang, starve nobody and remove only idle nodes", () => {
  for (let seed = 1; seed <= 10_000; seed++) {
    const random = createRandom(seed);
    const world: World = {
      computes: ["aa", "bb", "low"].map((name) =>
        aCompute(name, {
          maxInstances: random.below(4),
          tier: name === "low" ? "low_priority" : "dedicated",
          size: random.pick(["", "one", "two"]) ?? "",
        }),
      ),
      nodes: [],
      waiting: [],
      stopping: new Set(),
      now,
      submitted: 0,
    };
    try {
      for (let step = 0; step < 12; step++) {
        change(world, random);
        const plan = look(world);
        checkPlan(world, plan);
        carryOut(world, plan);
      }
      checkNobodyStarves(world);
    } catch (error) {
      throw new Error(`the sequence of seed ${seed} failed`, { cause: error });
    }
  }
});
