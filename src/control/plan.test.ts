import assert from "node:assert/strict";
import { test } from "node:test";
import { aCompute } from "../../test/support/memory-store.ts";
import { createRandom } from "../../test/support/random.ts";
import type { Random } from "../../test/support/random.ts";
import type { Compute } from "../core/compute.ts";
import { planPlacements } from "./plan.ts";
import type { Plan, PlannedNode, WaitingJob } from "./plan.ts";

const now = 1_000_000;
const busy = (name: string, run = `run-on-${name}`): PlannedNode => ({ name, compute: "gpu", run, since: 0 });
const idle = (name: string, idleSeconds = 0): PlannedNode => ({
  name,
  compute: "gpu",
  run: null,
  since: now - idleSeconds * 1000,
});
const jobs = (count: number, target = "gpu"): WaitingJob[] =>
  Array.from({ length: count }, (_, index) => ({
    run: `${target}-job${index}`,
    attempt: `${target}-attempt${index}`,
    target,
  }));

interface Case {
  title: string;
  compute?: Partial<Compute>;
  nodes?: PlannedNode[];
  waiting?: WaitingJob[];
  /** Job to node. */
  place?: Record<string, string>;
  waits?: string[];
  adds?: string[];
  removes?: string[];
}

const table: Case[] = [
  { title: "Nothing waits and nothing is there: nothing happens" },
  {
    title: "A compute without nodes grows for the first job",
    waiting: jobs(1),
    place: { "gpu-job0": "gpu-0" },
    adds: ["gpu-0"],
  },
  {
    title: "A free node is used before a new one is made",
    compute: { maxInstances: 4 },
    nodes: [busy("gpu-0"), idle("gpu-1")],
    waiting: jobs(2),
    place: { "gpu-job0": "gpu-1", "gpu-job1": "gpu-2" },
    adds: ["gpu-2"],
  },
  {
    title: "A new node takes the lowest free number",
    compute: { maxInstances: 4 },
    nodes: [busy("gpu-1"), busy("gpu-2")],
    waiting: jobs(2),
    place: { "gpu-job0": "gpu-0", "gpu-job1": "gpu-3" },
    adds: ["gpu-0", "gpu-3"],
  },
  {
    title: "Past the limit jobs wait, in the order of submission",
    compute: { maxInstances: 2 },
    nodes: [busy("gpu-0")],
    waiting: jobs(4),
    place: { "gpu-job0": "gpu-1" },
    adds: ["gpu-1"],
    waits: [
      "gpu-job1 1 waiting for a node of gpu: 2 of 2 busy, next in line",
      "gpu-job2 2 waiting for a node of gpu: 2 of 2 busy, 1 ahead",
      "gpu-job3 3 waiting for a node of gpu: 2 of 2 busy, 2 ahead",
    ],
  },
  {
    title: "A compute that may have no nodes says how to change that",
    compute: { maxInstances: 0 },
    waiting: jobs(1),
    waits: [
      "gpu-job0 1 compute gpu may have no nodes: raise its limit with trainyard compute update -n gpu --max-instances 1",
    ],
  },
  {
    title: "A compute that is gone says so",
    waiting: jobs(1, "old"),
    waits: ["old-job0 1 compute old does not exist any more: create it again, or cancel the job"],
  },
  {
    title: "The least number of nodes is there without any job",
    compute: { minInstances: 2, maxInstances: 3 },
    adds: ["gpu-0", "gpu-1"],
  },
  {
    title: "A node that has been idle long enough goes; a younger and a busy one stay",
    compute: { maxInstances: 3, idleSecondsBeforeScaleDown: 60 },
    nodes: [idle("gpu-0", 60), idle("gpu-1", 59), busy("gpu-2")],
    removes: ["gpu-0"],
  },
  {
    title: "Idle nodes go no further than to the least number",
    compute: { minInstances: 2, maxInstances: 3, idleSecondsBeforeScaleDown: 60 },
    nodes: [idle("gpu-0", 99), idle("gpu-1", 99), idle("gpu-2", 99)],
    removes: ["gpu-0"],
  },
  {
    title: "An old idle node that a job can use does not go",
    compute: { idleSecondsBeforeScaleDown: 60 },
    nodes: [idle("gpu-0", 99)],
    waiting: jobs(1),
    place: { "gpu-job0": "gpu-0" },
  },
  {
    title: "After the limit was lowered no more jobs run than it says, and idle nodes above it go at once",
    compute: { maxInstances: 1 },
    nodes: [busy("gpu-0"), idle("gpu-1"), idle("gpu-2")],
    waiting: jobs(1),
    waits: ["gpu-job0 1 waiting for a node of gpu: 1 of 1 busy, next in line"],
    removes: ["gpu-1", "gpu-2"],
  },
  {
    title: "After the limit was lowered below what is busy, nothing is placed and nothing busy goes",
    compute: { maxInstances: 1 },
    nodes: [busy("gpu-0"), busy("gpu-1")],
    waiting: jobs(1),
    waits: ["gpu-job0 1 waiting for a node of gpu: 2 of 1 busy, next in line"],
  },
];

for (const {
  title,
  compute,
  nodes = [],
  waiting = [],
  place = {},
  waits = [],
  adds = [],
  removes = [],
} of table) {
  test(title, () => {
    const plan = planPlacements([aCompute("gpu", compute)], nodes, waiting, now);

    assert.deepEqual(Object.fromEntries(plan.place.map((job) => [job.run, job.node])), place);
    assert.deepEqual(
      plan.wait.map((job) => `${job.run} ${job.position} ${job.reason}`),
      waits,
    );
    assert.deepEqual(
      plan.addNodes.map((node) => node.name),
      adds,
    );
    assert.deepEqual(plan.removeNodes, removes);
  });
}

test("A full compute holds up nobody who waits for another", () => {
  const computes = [aCompute("cpu"), aCompute("gpu")];
  const waiting = [...jobs(2, "gpu"), ...jobs(2, "cpu")];

  const plan = planPlacements(computes, [busy("gpu-0")], waiting, now);

  assert.deepEqual(
    plan.place.map((job) => job.run),
    ["cpu-job0"],
  );
  assert.deepEqual(
    plan.wait.map((job) => [job.run, job.position]),
    [
      ["cpu-job1", 1],
      ["gpu-job0", 1],
      ["gpu-job1", 2],
    ],
  );
});

/** A small world in which the plans are carried out, and computes change under the jobs. */
interface World {
  computes: Compute[];
  nodes: PlannedNode[];
  waiting: WaitingJob[];
  now: number;
  submitted: number;
}

function change(world: World, random: Random): void {
  world.now += random.below(100_000);
  const compute = random.pick(world.computes);
  if (random.chance(0.6)) {
    const id = world.submitted++;
    world.waiting.push({ run: `j${id}`, attempt: `a${id}`, target: compute.name });
  }
  if (random.chance(0.4)) {
    const ends = random.pick(world.nodes.filter((node) => node.run !== null));
    if (ends) Object.assign(ends, { run: null, since: world.now });
  }
  if (random.chance(0.1)) world.waiting = world.waiting.filter(() => random.chance(0.7));
  if (random.chance(0.1)) {
    compute.maxInstances = random.below(5);
    compute.minInstances = random.below(compute.maxInstances + 1);
  }
}

function carryOut(world: World, plan: Plan): void {
  for (const node of plan.addNodes) world.nodes.push({ ...node, run: null, since: world.now });
  world.nodes = world.nodes.filter((node) => !plan.removeNodes.includes(node.name));
  for (const job of plan.place) {
    const node = world.nodes.find((candidate) => candidate.name === job.node);
    assert.ok(node, `${job.node} is there`);
    assert.equal(node.run, null, `${job.node} is free`);
    assert.equal(node.compute, job.compute);
    Object.assign(node, { run: job.run, since: world.now });
  }
  const placed = new Set(plan.place.map((job) => job.attempt));
  world.waiting = world.waiting.filter((job) => !placed.has(job.attempt));
}

function checkPlan(world: World, plan: Plan): void {
  const told = [...plan.place, ...plan.wait].map((job) => job.attempt);
  assert.equal(new Set(told).size, told.length, "nobody twice");
  assert.deepEqual(new Set(told), new Set(world.waiting.map((job) => job.attempt)), "everybody is told");
  for (const name of plan.removeNodes) {
    assert.equal(world.nodes.find((node) => node.name === name)?.run, null, `${name} is idle`);
    assert.ok(!plan.place.some((job) => job.node === name), `${name} has just been given away`);
  }
  for (const compute of world.computes) {
    const line = world.waiting.filter((job) => job.target === compute.name).map((job) => job.attempt);
    const placed = plan.place.filter((job) => job.compute === compute.name).map((job) => job.attempt);
    assert.deepEqual(placed, line.slice(0, placed.length), "first come, first served");
    const present = world.nodes.filter((node) => node.compute === compute.name);
    const busyNow = present.filter((node) => node.run !== null).length;
    if (placed.length > 0) assert.ok(busyNow + placed.length <= compute.maxInstances, "not over-committed");
    if (placed.length < line.length) {
      assert.ok(busyNow + placed.length >= compute.maxInstances, "nobody waits while there is room");
    }
    const added = plan.addNodes.filter((node) => node.compute === compute.name).length;
    const removed = plan.removeNodes.filter((name) => present.some((node) => node.name === name)).length;
    const left = present.length + added - removed;
    if (added > 0) assert.ok(present.length + added <= compute.maxInstances, "grown within the limit");
    assert.ok(left >= compute.minInstances, "not below the least number");
    if (busyNow + placed.length <= compute.maxInstances) assert.ok(left <= compute.maxInstances);
  }
}

test("Random sequences never over-commit, never overtake, keep the limits and remove only idle nodes", () => {
  for (let seed = 1; seed <= 10_000; seed++) {
    const random = createRandom(seed);
    const world: World = {
      computes: ["aa", "bb"].map((name) => aCompute(name, { maxInstances: random.below(4) })),
      nodes: [],
      waiting: [],
      now,
      submitted: 0,
    };
    try {
      for (let step = 0; step < 12; step++) {
        change(world, random);
        const plan = planPlacements(world.computes, world.nodes, world.waiting, world.now);
        checkPlan(world, plan);
        carryOut(world, plan);
      }
    } catch (error) {
      throw new Error(`the sequence of seed ${seed} failed`, { cause: error });
    }
  }
});
