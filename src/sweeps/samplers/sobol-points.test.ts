import assert from "node:assert/strict";
import { test } from "node:test";
import { sobolDimensions, sobolPoint } from "./sobol-points.ts";

test("any two of the first dimensions put one of 256 points into each cell of 16 × 16", () => {
  for (const seed of [0, 1, 99]) {
    const cells = new Set<string>();
    for (let index = 0; index < 256; index++) {
      const [x = 0, y = 0] = sobolPoint(2, seed, index);
      cells.add(`${Math.floor(x * 16)} ${Math.floor(y * 16)}`);
    }
    assert.equal(cells.size, 256);
  }
});

test("each dimension puts one of 512 points into each of 512 equal parts", () => {
  const points = Array.from({ length: 512 }, (_, index) => sobolPoint(sobolDimensions, 5, index));
  for (let dimension = 0; dimension < sobolDimensions; dimension++) {
    const parts = new Set(points.map((point) => Math.floor(point[dimension]! * 512)));
    assert.equal(parts.size, 512, `dimension ${dimension}`);
  }
});

test("there are as many dimensions as asked for, and no point on the edge", () => {
  const points = Array.from({ length: 300 }, (_, index) => sobolPoint(200, 1, index));
  assert.ok(points.every((point) => point.length === 200 && point.every((x) => x > 0 && x < 1)));
  assert.equal(new Set(points.map(String)).size, 300);
});
