import assert from "node:assert/strict";
import { test } from "node:test";
import type { SearchSpace } from "../../core/sweep.ts";
import { createGridSampler } from "./grid.ts";

const all = (space: SearchSpace) => {
  const sampler = createGridSampler(space);
  const proposals = Array.from({ length: sampler.size! }, (_, number) => sampler.propose([], number));
  assert.equal(sampler.propose([], sampler.size!), undefined);
  return proposals;
};

test("a grid is the product of the choices, the last changing fastest, and then it ends", () => {
  const proposals = all({
    lr: { type: "choice", values: [0.1, 0.01] },
    kind: { type: "choice", values: ["a", true, 3] },
  });

  assert.deepEqual(proposals, [
    { lr: 0.1, kind: "a" },
    { lr: 0.1, kind: true },
    { lr: 0.1, kind: 3 },
    { lr: 0.01, kind: "a" },
    { lr: 0.01, kind: true },
    { lr: 0.01, kind: 3 },
  ]);
});

test("a value with parameters of its own counts as many times as these combine", () => {
  const proposals = all({
    model: {
      type: "choice",
      values: [
        { depth: { type: "choice", values: [1, 2] }, bins: 8 },
        "none",
        { width: { type: "randint", upper: 2 } },
      ],
    },
    seed: { type: "quniform", minValue: 0, maxValue: 1, q: 1 },
  });

  assert.deepEqual(proposals, [
    { model: 0, bins: 8, depth: 1, seed: 0 },
    { model: 0, bins: 8, depth: 1, seed: 1 },
    { model: 0, bins: 8, depth: 2, seed: 0 },
    { model: 0, bins: 8, depth: 2, seed: 1 },
    { model: "none", seed: 0 },
    { model: "none", seed: 1 },
    { model: 2, width: 0, seed: 0 },
    { model: 2, width: 0, seed: 1 },
    { model: 2, width: 1, seed: 0 },
    { model: 2, width: 1, seed: 1 },
  ]);
});

test("a grid of a million million is counted, not listed", () => {
  const space = Object.fromEntries(
    Array.from({ length: 4 }, (_, index) => [`x${index}`, { type: "randint" as const, upper: 1000 }]),
  );
  const sampler = createGridSampler(space);

  assert.equal(sampler.size, 1e12);
  assert.deepEqual(sampler.propose([], 123_456_789_012), { x0: 123, x1: 456, x2: 789, x3: 12 });
});
