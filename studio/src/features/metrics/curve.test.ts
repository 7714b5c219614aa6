import assert from "node:assert/strict";
import { test } from "node:test";
import { lineOf, withTail } from "./curve.ts";
import type { Curve } from "./curve.ts";
import { firstCharts, groupsOf, moved } from "./layout.ts";
import { smooth } from "./smooth.ts";
import { systemGroups, titleOf } from "./system-groups.ts";
import { formatTick } from "./ticks.ts";

const curve = (from: number, to: number, changes: Partial<Curve> = {}): Curve => {
  const index = Array.from({ length: to - from }, (_, at) => from + at);
  return {
    run: "a",
    name: "loss",
    count: to,
    last: (to - 1) / 10,
    pointsPerStretch: 1,
    index,
    step: index.map((one) => one * 2),
    at: index.map((one) => 1000 + one),
    mean: index.map((one) => one / 10),
    ...changes,
  };
};

test("A tail takes the place of the last stretch that was known and goes on from there", () => {
  assert.deepEqual(withTail(curve(0, 10), curve(9, 14), 100), curve(0, 14));
  assert.deepEqual(withTail(curve(0, 10), curve(9, 10), 100), curve(0, 10));
});

test("A curve in shorter stretches than its tail, or too long, is fetched anew", () => {
  assert.equal(withTail(curve(0, 10), curve(9, 14, { pointsPerStretch: 2 }), 100), undefined);
  assert.equal(withTail(curve(0, 10), curve(9, 30), 12), undefined);
});

test("A run that went back to an earlier step is drawn from left to right", () => {
  const back = curve(0, 4, { step: [0, 1, 2, 1], mean: [5, 6, 7, 8] });

  assert.deepEqual(lineOf(back, "step", 0, false), {
    x: [0, 1, 1, 2],
    mean: [5, 6, 8, 7],
    min: undefined,
    max: undefined,
  });
});

test("Time is in seconds, since the start too, and a logarithmic axis has no zero", () => {
  assert.deepEqual(lineOf(curve(0, 2), "time", 0, false).x, [1, 1.001]);
  assert.deepEqual(lineOf(curve(0, 2), "relative", 1001, false).x, [0, 0]);
  assert.deepEqual(lineOf(curve(0, 3), "step", 0, true).x, [2, 4]);
});

test("Smoothing begins at the first value, keeps gaps, and leaves a constant as it is", () => {
  assert.deepEqual(smooth([1, null, 3], 0), [1, null, 3]);
  assert.deepEqual(
    smooth([4, 4, null, 4], 0.9).map((value) => value && Number(value.toFixed(9))),
    [4, 4, null, 4],
  );
  const [first, second] = smooth([0, 1], 0.5) as number[];
  assert.equal(first, 0);
  assert.ok(Math.abs(second! - 2 / 3) < 1e-12);
});

test("Charts stand in groups by the part before the slash, pinned ones first; one alone is no group", () => {
  const groups = groupsOf(["val/a", "lr", "train/b2", "train/b10", "x/y/z", "x/y/w"], ["lr", "gone"]);

  assert.deepEqual(
    groups.map(({ title, names }) => [title, names]),
    [
      ["Pinned", ["lr"]],
      ["Metrics", ["val/a"]],
      ["train", ["train/b2", "train/b10"]],
      ["x/y", ["x/y/w", "x/y/z"]],
    ],
  );
  assert.deepEqual(moved(["a", "b", "c"], "c", -1), ["a", "c", "b"]);
  assert.deepEqual(moved(["a", "b"], "a", -1), ["a", "b"]);
});

test("A name alone in its group joins those one slash further up", () => {
  const groups = groupsOf(["layer_0/head_0/norm", "layer_0/head_1/norm", "layer_1/head_0/norm", "a/b/c"], []);

  assert.deepEqual(
    groups.map(({ title, names }) => [title, names]),
    [
      ["Metrics", ["a/b/c", "layer_1/head_0/norm"]],
      ["layer_0", ["layer_0/head_0/norm", "layer_0/head_1/norm"]],
    ],
  );
});

test("Of very many charts the first are made, and the heads before them", () => {
  const groups = [
    { id: "a", title: "a", names: ["a/1", "a/2"] },
    { id: "b", title: "b", names: ["b/1", "b/2"] },
    { id: "c", title: "c", names: ["c/1", "c/2"] },
  ];
  const isOpen = ({ id }: { id: string }) => id !== "b";
  const shown = (most: number) => {
    const { groups: some, hasMore } = firstCharts(groups, isOpen, most);
    return [some.map(({ group, shown: own }) => [group.id, own.length]), hasMore];
  };

  assert.deepEqual(shown(1), [[["a", 1]], true]);
  assert.deepEqual(shown(2), [[["a", 2]], true]);
  assert.deepEqual(shown(3), [
    [
      ["a", 2],
      ["b", 0],
      ["c", 1],
    ],
    true,
  ]);
  assert.deepEqual(shown(4), [
    [
      ["a", 2],
      ["b", 0],
      ["c", 2],
    ],
    false,
  ]);
});

test("What was sampled of machines is grouped by what it measures", () => {
  const names = [
    "system/gpu_0_utilization_percentage",
    "system/node-1/cpu_utilization_percentage",
    "system/system_memory_usage_megabytes",
    "system/odd",
  ];

  assert.deepEqual(
    systemGroups(names).map(({ title }) => title),
    ["Processor", "Memory", "GPU", "Other"],
  );
  assert.equal(titleOf(names[1]!), "node-1 cpu utilization, %");
});

test("Ticks are short", () => {
  assert.deepEqual(
    [0, 0.25, 9000, 12_000, 2_500_000, 0.00001, -20_000].map((value) => formatTick(value, false)),
    ["0", "0.25", "9000", "12k", "2.5M", "1e-5", "-20k"],
  );
  assert.deepEqual(
    [5, 90, 3660, 360_000].map((value) => formatTick(value, true)),
    ["5 s", "1 m 30 s", "1 h 1 m", "4.17 d"],
  );
});
