import assert from "node:assert/strict";
import { test } from "node:test";
import { aCompute } from "../../test/support/memory-store.ts";
import type { Compute } from "../core/compute.ts";
import { aJob, namesOf, now, planOf } from "./plan.fixture.ts";
import type { PlannedNode, WaitingJob } from "./plan.ts";

const busy = (name: string, run = `on-${name}`, gpus: number[] | null = null): PlannedNode => ({
  name,
  compute: name.replace(/-\d+$/, ""),
  run,
  since: 0,
  size: "",
  gpus,
});
const idle = (name: string, idleSeconds = 0): PlannedNode => ({
  name,
  compute: "gpu",
  run: null,
  since: now - idleSeconds * 1000,
  size: "",
  gpus: null,
});
const jobs = (count: number, target = "gpu"): WaitingJob[] =>
  Array.from({ length: count }, (_, index) => ({
    ...aJob(`${target}-job${index}`, { target }),
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
      "gpu-job1 1 waiting for a node of gpu: 2 of 2 busy (on-gpu-0, gpu-job0), next in line",
      "gpu-job2 2 waiting for a node of gpu: 2 of 2 busy (on-gpu-0, gpu-job0), 1 ahead",
      "gpu-job3 3 waiting for a node of gpu: 2 of 2 busy (on-gpu-0, gpu-job0), 2 ahead",
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
    waits: ["gpu-job0 1 waiting for a node of gpu: 1 of 1 busy (on-gpu-0), next in line"],
    removes: ["gpu-1", "gpu-2"],
  },
  {
    title: "After the limit was lowered below what is busy, nothing is placed and nothing busy goes",
    compute: { maxInstances: 1 },
    nodes: [busy("gpu-0"), busy("gpu-1")],
    waiting: jobs(1),
    waits: ["gpu-job0 1 waiting for a node of gpu: 2 of 1 busy (on-gpu-0, on-gpu-1), next in line"],
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
    const plan = planOf({ computes: [aCompute("gpu", compute)], nodes, waiting });

    assert.deepEqual(Object.fromEntries(plan.place.map((job) => [job.run, namesOf(job).join(" ")])), place);
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

  const plan = planOf({ computes, nodes: [busy("gpu-0")], waiting });

  assert.deepEqual(
    plan.place.map((job) => job.run),
    ["cpu-job0"],
  );
  assert.deepEqual(
    plan.wait.map((job) => [job.run, job.position]),
    [
      ["gpu-job0", 1],
      ["gpu-job1", 2],
      ["cpu-job1", 1],
    ],
  );
});

test("All nodes of a job or none, and nobody overtakes while it gathers them", () => {
  const computes = [aCompute("gpu", { maxInstances: 4 })];
  const waiting = [aJob("wide", { nodeCount: 3 }), aJob("narrow")];

  const waits = planOf({ computes, nodes: [busy("gpu-0"), busy("gpu-1"), idle("gpu-2")], waiting });
  assert.deepEqual(waits.place, []);
  assert.deepEqual(
    waits.wait.map(({ run, reason }) => `${run}: ${reason}`),
    [
      "wide: waiting for 3 nodes of gpu: 2 of 4 busy (on-gpu-0, on-gpu-1), next in line",
      "narrow: waiting for its turn on gpu: wide is waiting for 3 nodes of gpu: 2 of 4 busy (on-gpu-0, on-gpu-1), 1 ahead",
    ],
  );
  const placed = planOf({ computes, nodes: [busy("gpu-0"), idle("gpu-2")], waiting });
  assert.deepEqual(placed.place.map(namesOf), [["gpu-2", "gpu-1", "gpu-3"]]);
  assert.equal(placed.wait[0]?.run, "narrow");
});

test("A job that needs more nodes than its compute may have says so and holds up nobody", () => {
  const plan = planOf({
    computes: [aCompute("gpu", { maxInstances: 2 })],
    waiting: [aJob("wide", { nodeCount: 3 }), aJob("narrow")],
  });

  assert.deepEqual(
    plan.place.map(({ run }) => run),
    ["narrow"],
  );
  assert.match(plan.wait[0]!.reason, /needs 3 nodes, and gpu may have 2: raise .* --max-instances 3/);
});

test("A greater priority goes first, and within one the order of submission stays", () => {
  const waiting = [
    aJob("a"),
    aJob("b", { priority: -1 }),
    aJob("c", { priority: 1 }),
    aJob("d"),
    aJob("e", { priority: 1 }),
  ];

  const plan = planOf({ computes: [aCompute("gpu")], nodes: [busy("gpu-0")], waiting });

  assert.equal(plan.wait.map(({ run }) => run).join(""), "ceadb");
});

test("Each graphics card is given to one job at a time, across computes, in the order of submission", () => {
  const computes = ["gpu", "other"].map((name) => aCompute(name, { size: "one", maxInstances: 4 }));
  const nodes = [busy("gpu-0", "holder", [0])];
  const waiting = [
    aJob("pair", { nodeCount: 2, target: "other" }),
    aJob("single"),
    aJob("plain", { target: "cpu" }),
  ];

  const waits = planOf({ computes: [...computes, aCompute("cpu")], nodes, waiting });
  assert.deepEqual(
    waits.place.map(({ run, nodes: [node] }) => [run, node?.gpus]),
    [["plain", null]],
  );
  assert.match(waits.wait.find(({ run }) => run === "pair")!.reason, /2 graphics cards: 1 of 2 are taken/);
  assert.match(waits.wait.find(({ run }) => run === "single")!.reason, /after pair/);
  const placed = planOf({ computes, nodes: [], waiting: waiting.slice(0, 1) });
  assert.deepEqual(
    placed.place[0]?.nodes.map(({ gpus }) => gpus),
    [[0], [1]],
  );
});

test("A low-priority job runs in what is spare, and alone even when there is less than it wants", () => {
  const computes = [
    aCompute("low", { tier: "low_priority", size: "two", maxInstances: 9 }),
    aCompute("gpu", { maxInstances: 3 }),
  ];
  const low = { target: "low" };

  const full = planOf({
    computes,
    nodes: ["gpu-0", "gpu-1", "gpu-2"].map((name) => busy(name)),
    waiting: [aJob("x", low)],
  });
  assert.match(
    full.wait[0]!.reason,
    /waiting for spare cores: it needs 2 of this machine's 4, and other jobs take 3 \(on-gpu-0.*\), next in line/,
  );
  const wide = planOf({ computes, waiting: [aJob("x", { ...low, nodeCount: 5 }), aJob("y", low)] });
  assert.deepEqual(
    wide.place.map(({ run }) => run),
    ["x"],
  );
});

test("A node counts as the size that its own job asked for", () => {
  const computes = [aCompute("low", { tier: "low_priority", maxInstances: 9 })];
  const nodes = [0, 1].map((index) => ({ ...busy(`low-${index}`), size: "two" }));

  const full = planOf({ computes, nodes, waiting: [aJob("x", { target: "low" })] });
  const half = planOf({ computes, nodes: nodes.slice(1), waiting: [aJob("x", { target: "low" })] });

  assert.match(full.wait[0]!.reason, /other jobs take 4 \(on-low-0, on-low-1\)/);
  assert.equal(half.place.length, 1);
});

test("A dedicated job makes the youngest low-priority jobs leave, as many as it needs, and waits for them", () => {
  const computes = [
    aCompute("low", { tier: "low_priority", maxInstances: 4 }),
    aCompute("gpu", { size: "two", maxInstances: 4 }),
  ];
  const nodes = [0, 1, 2, 3].map((index) => ({ ...busy(`low-${index}`), since: index }));
  const waiting = [aJob("now")];

  const plan = planOf({ computes, nodes, waiting });
  assert.deepEqual(plan.preempt, [
    { run: "on-low-3", for: "now" },
    { run: "on-low-2", for: "now" },
  ]);
  assert.match(plan.wait[0]!.reason, /waiting for low-priority jobs to make room: on-low-3, on-low-2, next/);
  const again = planOf({ computes, nodes, waiting, stopping: new Set(["on-low-3", "on-low-2"]) });
  assert.deepEqual(again.preempt, []);
  const gone = planOf({ computes, nodes: nodes.slice(0, 2), waiting });
  assert.deepEqual(
    gone.place.map(({ run }) => run),
    ["now"],
  );
});
